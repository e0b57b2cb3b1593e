from keras.models import Sequential
from keras.layers import Dense
import numpy as np
import keras

keras.utils.set_random_seed(5)

x_train = np.random.rand(5000, 1) * 200 - 100
y_train = x_train ** 4
x_test = np.random.rand(600, 1) * 200 - 100
y_test = x_test ** 4

y_train = y_train / 3e7
y_test = y_test / 3e7

x_train = x_train / 50
x_test = x_test / 50

model = Sequential()
model.add(Dense(50, activation='sigmoid', input_shape=(1,)))
model.add(Dense(50, activation='elu'))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(x_train, y_train, batch_size=50, epochs=30, verbose=0)

p = model.predict(x_test, verbose=0)
print("RESULT r2", float(1 - ((p - y_test) ** 2).sum() / ((y_test - y_test.mean()) ** 2).sum()))
