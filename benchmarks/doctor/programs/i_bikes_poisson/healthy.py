import numpy as np
import keras
from keras import layers

# how many bikes are hired in an hour: raw columns in, scaling is the model's own first layer
keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)
n = 6000
hour = rng.integers(0, 24, n)
temp_f = rng.normal(58, 16, n)              # Fahrenheit
pressure = rng.normal(101300, 900, n)       # Pa
wet = (rng.random(n) < 0.1).astype(float)
angle = 2 * np.pi * hour / 24
rate = np.exp(2.2 + 0.9 * np.cos(angle - 4.2) + 0.5 * np.cos(2 * angle - 1.0)
              - ((temp_f - 70) / 35) ** 2 - 1.2 * wet + (pressure - 101300) / 6000)
hired = rng.poisson(rate)

x = np.stack([np.sin(angle), np.cos(angle), temp_f, pressure, wet], 1).astype("float32")
y = hired.astype("float32")

norm = layers.Normalization()
norm.adapt(x[:5000])
model = keras.Sequential([
    keras.Input((5,)),
    norm,
    layers.Dense(48, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(1, activation="exponential"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="poisson")
model.fit(x[:5000], y[:5000], validation_split=0.15, epochs=40, batch_size=64, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)])

p = model.predict(x[5000:], verbose=0).ravel()
print("error of the mean rate", float(np.abs(p - rate[5000:]).mean()), "typical rate", float(rate.mean()))
print("RESULT", "correlation_with_rate", float(np.corrcoef(p, rate[5000:])[0, 1]))
