import numpy as np
import keras
from keras import layers
from sklearn.metrics import mean_poisson_deviance

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
n = 5500
age = rng.uniform(18, 85, n)
power = rng.integers(4, 13, n)
density = np.exp(rng.normal(6, 1.5, n))
years = rng.uniform(0.1, 1.0, n)
rate = np.exp(-1.2 + 0.9 * np.exp(-(age - 18) / 8) + 0.0006 * (age - 50) ** 2 + 0.12 * (power - 7) * (age < 30)
              + 0.12 * (np.log(density) - 6))
claims = rng.poisson(rate * years)

table = np.column_stack([(age - 50) / 20, (power - 8) / 2.5, (np.log(density) - 6) / 1.5]).astype("float32")
features = keras.Input((3,), name="policy")
log_years = keras.Input((1,), name="log_exposure")
h = layers.Dense(24, activation="relu")(features)
h = layers.Dense(12, activation="relu")(h)
log_rate = layers.Dense(1)(h)
frequency = layers.Activation("exponential")(layers.Add()([log_rate, log_years]))
model = keras.Model([features, log_years], frequency)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="poisson")
model.fit([table[:4000], np.log(years[:4000])], claims[:4000], validation_split=0.15, epochs=40, batch_size=128, verbose=0)

expected = model.predict([table[4000:], np.log(years[4000:])], verbose=0).ravel()
print("RESULT poisson_deviance", mean_poisson_deviance(claims[4000:], expected))
