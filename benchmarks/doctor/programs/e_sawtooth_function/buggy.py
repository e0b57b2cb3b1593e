import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Activation

keras.utils.set_random_seed(26)
x = np.random.uniform(-1, 1, size=(1000, 1))
y = np.abs(np.sin(3 * x)) + 0.3 * x + np.random.normal(0, 0.02, size=(1000, 1))

model = Sequential()
model.add(Dense(40, input_shape=(1,)))
model.add(Activation('relu'))
model.add(Dense(40))
model.add(Activation('relu'))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer='adam')
model.fit(x[:800], y[:800], batch_size=100, epochs=5, verbose=0)
pred = model.predict(x[800:], verbose=0)
print('RESULT', 'r2', 1 - ((pred - y[800:]) ** 2).mean() / y[800:].var())
