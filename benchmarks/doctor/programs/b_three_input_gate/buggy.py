import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD

keras.utils.set_random_seed(18)
np.random.seed(18)
bits = np.random.randint(0, 2, (600, 3))
gate = (bits.sum(axis=1) % 2).astype('float32')
X = bits * 2.0 - 1 + np.random.normal(0, 0.15, bits.shape)

model = Sequential()
model.add(Dense(24, input_dim=3, kernel_initializer='zeros', activation='relu'))
model.add(Dense(12, kernel_initializer='zeros', activation='relu'))
model.add(Dense(1, kernel_initializer='zeros', activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=SGD(learning_rate=0.1, momentum=0.9), metrics=['binary_accuracy'])
model.fit(X[:400], gate[:400], epochs=40, batch_size=16, verbose=0)
print('RESULT', 'binary_accuracy', model.evaluate(X[400:], gate[400:], verbose=0)[1])
