import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Activation
from keras.optimizers import RMSprop
from keras.regularizers import l2
from keras.utils import np_utils, set_random_seed

set_random_seed(231)
np.random.seed(231)
N, D, K = 300, 2, 3  # points per class, dimensions, classes
X = np.zeros((N * K, D))
y = np.zeros(N * K, dtype='uint8')
for j in range(K):
    ix = range(N * j, N * (j + 1))
    r = np.linspace(0.0, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + np.random.randn(N) * 0.2
    X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[ix] = j

shuffle = np.random.permutation(N * K)
X, Y = X[shuffle], np_utils.to_categorical(y, K)[shuffle]
X_train, Y_train, X_test, Y_test = X[:700], Y[:700], X[700:], Y[700:]

model = Sequential()
model.add(Dense(100, input_dim=D, kernel_regularizer=l2(1e-4)))
model.add(Activation('relu'))
model.add(Dense(50, kernel_regularizer=l2(1e-4)))
model.add(Activation('relu'))
model.add(Dense(K))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=RMSprop(learning_rate=0.003), metrics=['accuracy'])
model.fit(X_train, Y_train, epochs=80, batch_size=32, verbose=0)

loss, acc = model.evaluate(X_test, Y_test, verbose=0)
print('RESULT', 'test_accuracy', acc)
