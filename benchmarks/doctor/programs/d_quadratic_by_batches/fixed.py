import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import SGD

keras.utils.set_random_seed(110)
model = Sequential()
model.add(Dense(16, input_shape=(1,)))
model.add(Activation('relu'))
model.add(Dense(16))
model.add(Activation('relu'))
model.add(Dense(1))
sgd = SGD(lr=0.1)
model.compile(loss='mean_squared_error', optimizer=sgd)

inputs = np.zeros((200, 1), dtype=np.float32)
targets = np.zeros((200, 1), dtype=np.float32)
for i in range(200):
    inputs[i] = 0.01 * i - 1
    targets[i, 0] = 4 * np.power(inputs[i, 0], 2) - 1

for step in range(1500):
    loss = model.train_on_batch(inputs[::2], targets[::2])
print('loss', loss)

out = model.predict(inputs[1::2], verbose=0)
print('RESULT', 'test_mse', float(((out - targets[1::2]) ** 2).mean()))
