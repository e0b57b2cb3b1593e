"""River gauge tomorrow (standardised level) from 60 days of rain and temperature."""
import numpy as np
import keras
from keras import layers

DAYS, ROWS, TRAIN = 60, 1600, 1200
keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
rain = rng.gamma(0.6, 1.6, size=(ROWS, DAYS))
warm = rng.normal(size=(ROWS, DAYS))
level = np.zeros(ROWS)
for d in range(DAYS):
    level = 0.93 * level + rain[:, d] * (1.0 - 0.3 * np.tanh(warm[:, d]))

x = np.stack([rain, warm], axis=-1)
x = (x - x[:TRAIN].mean((0, 1))) / x[:TRAIN].std((0, 1))
y = (level - level[:TRAIN].mean()) / level[:TRAIN].std()

model = keras.Sequential()
model.add(keras.Input((DAYS, 2)))
model.add(layers.SimpleRNN(64, activation="relu"))
model.add(layers.Dense(1))
model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.01, momentum=0.9, clipnorm=0.3))
model.fit(x[:TRAIN], y[:TRAIN], validation_split=0.1, epochs=25, batch_size=32, verbose=2)

p = model.predict(x[TRAIN:], verbose=0).ravel()
print("r2", float(1 - ((p - y[TRAIN:]) ** 2).mean() / y[TRAIN:].var()))
print("RESULT", "share_within_0.3", float((np.abs(p - y[TRAIN:]) < 0.3).mean()))
