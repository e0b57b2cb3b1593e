import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense

tf.random.set_seed(21)
rng = np.random.default_rng(21)
a = rng.integers(0, 100, size=(1000, 2)).astype('float32')
total = a.sum(axis=1)

x_train, y_train = a[:800], total[:800]
x_test, y_test = a[800:], total[800:]

model = Sequential([
    Dense(10, activation='sigmoid', input_shape=(2,)),
    Dense(10, activation='sigmoid'),
    Dense(1)
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss='mse')
model.fit(x_train, y_train, epochs=30, batch_size=20, verbose=0)
p = model.predict(x_test, verbose=0)[:, 0]
print('RESULT', 'r2', 1 - np.mean((p - y_test) ** 2) / np.var(y_test))
