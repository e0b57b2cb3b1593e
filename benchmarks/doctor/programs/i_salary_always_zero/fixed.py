import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
x = rng.normal(size=(2000, 6))
salary = 60000 + 9000 * x[:, 0] + 6000 * np.tanh(x[:, 1]) - 4000 * x[:, 2] + rng.normal(0, 800, 2000)
mean, std = salary[:1600].mean(), salary[:1600].std()
target = (salary - mean) / std

model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.003))
model.fit(x[:1600], target[:1600], epochs=30, batch_size=32, verbose=0)
guess = model.predict(x[1600:], verbose=0).ravel() * std + mean
print("RESULT", "test_mae", float(abs(guess - salary[1600:]).mean()))
