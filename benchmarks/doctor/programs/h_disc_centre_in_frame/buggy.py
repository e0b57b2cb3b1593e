import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Conv2D, Dense, Flatten

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

n, size = 900, 64
frames = np.zeros((n, size, size, 1), "float32")
centres = rng.uniform(8, size - 8, (n, 2))
radius = rng.uniform(3, 7, n)
yy, xx = np.mgrid[:size, :size]
for i in range(n):
    inside = (xx - centres[i, 0]) ** 2 + (yy - centres[i, 1]) ** 2 < radius[i] ** 2
    frames[i, ..., 0] = 0.15 * rng.random((size, size)) + 0.8 * inside
targets = centres * 20.0

x_train, y_train = frames[:700], targets[:700]
x_test, y_test = frames[700:], targets[700:]

model = Sequential()
model.add(keras.Input((size, size, 1)))
model.add(Conv2D(8, (5, 5), strides=2, activation="relu"))
model.add(Conv2D(16, (3, 3), strides=2, activation="relu"))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(2))
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.0005), metrics=["accuracy"])
model.fit(x_train, y_train, validation_split=0.1, epochs=10, batch_size=32, verbose=0)

p = model.predict(x_test, verbose=0)
print("RESULT", "r2", float(1 - ((p - y_test) ** 2).sum() / ((y_test - y_test.mean(0)) ** 2).sum()))
