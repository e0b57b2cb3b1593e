import numpy as np
from keras import Input
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(71)
rng = np.random.default_rng(71)
xy = rng.uniform(-1.5, 1.5, size=(2400, 2))
colour = (np.floor(xy[:, 0] + 1.5) + np.floor(xy[:, 1] + 1.5)) % 2

board = Sequential([Input((2,)), Dense(3, activation='tanh'), Dense(2, activation='tanh'), Dense(1, activation='sigmoid')])
board.compile(Adam(0.01), 'binary_crossentropy', metrics=['accuracy'])
board.fit(xy[:1800], colour[:1800], epochs=50, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', board.evaluate(xy[1800:], colour[1800:], verbose=0)[1])
