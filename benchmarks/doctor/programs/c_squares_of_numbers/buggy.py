import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(45)

x = np.arange(-10, 10, 0.02)
np.random.shuffle(x)
y = x ** 2

x_train, y_train = x[:800] / 10, y[:800] / 100
x_test, y_test = x[800:] / 10, y[800:] / 100

model = Sequential()
model.add(Dense(units=200, input_dim=1))
model.add(Dense(units=45))
model.add(Dense(units=1))
model.compile(loss='mean_squared_error', optimizer='sgd')
model.fit(x_train, y_train, epochs=100, batch_size=16, verbose=0)

y_pred = model.predict(x_test, verbose=0).ravel()
print("RESULT", "r2", float(1 - np.mean((y_pred - y_test) ** 2) / np.var(y_test)))
