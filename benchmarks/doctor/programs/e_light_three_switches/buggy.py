import itertools
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras import optimizers
import keras

keras.utils.set_random_seed(6)
X = np.array(list(itertools.product([0, 1], repeat=3)), dtype='float32')
Y = np.logical_xor(X[:, :1], X[:, 1:2]).astype('float32')

model = Sequential()
model.add(Dense(16, input_dim=3, activation='tanh'))
model.add(Dense(1))
model.add(Activation('softmax'))
sgd = optimizers.SGD(lr=0.001)
model.compile(loss='mse', optimizer=sgd)
model.fit(X, Y, epochs=1000, batch_size=2, verbose=0)
out = model.predict(X, verbose=0)
print('RESULT', 'accuracy', float(((out > 0.5) == Y).mean()))
