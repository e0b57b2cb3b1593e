import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import Adam
import keras

np.random.seed(5)
keras.utils.set_random_seed(5)
x = np.random.uniform(-np.pi, np.pi, (1000, 1))
y = np.sin(x)
x_train, y_train = x[:800], y[:800]
x_test, y_test = x[800:], y[800:]

model = Sequential()
model.add(Dense(40, input_dim=1))
model.add(Activation('tanh'))
model.add(Dense(40))
model.add(Activation('tanh'))
model.add(Dense(1))
model.add(Activation('relu'))

model.compile(loss='mean_squared_error', optimizer=Adam(learning_rate=0.005), metrics=['accuracy'])
model.fit(x_train, y_train, epochs=60, batch_size=32, verbose=0)

out = model.predict(x_test, verbose=0)
print('RESULT', 'test_mse', float(np.mean((out - y_test) ** 2)))
