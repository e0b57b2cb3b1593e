import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)
n = 4000
station = rng.integers(0, 15, n)
hour, month = rng.integers(0, 24, n), rng.integers(1, 13, n)
wind, temp = rng.gamma(2, 1.6, n), rng.normal(12, 8, n)
place = rng.normal(0, 0.35, 15)
log_no2 = (3.2 + place[station] + 0.35 * np.exp(-((hour - 8) / 2) ** 2) + 0.3 * np.exp(-((hour - 18) / 2.5) ** 2)
           + 0.2 * np.cos(2 * np.pi * month / 12) - 0.35 * np.log1p(wind) - 0.01 * (temp - 12) + rng.normal(0, 0.12, n))

cyc = [np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), np.sin(2 * np.pi * month / 12), np.cos(2 * np.pi * month / 12)]
weather = np.column_stack(cyc + [(wind - 3.2) / 2.3, (temp - 12) / 8])
y = (log_no2 - log_no2[:3200].mean()) / log_no2[:3200].std()

s_in = keras.Input(shape=(1,), name="station")
w_in = keras.Input(shape=(6,), name="weather")
s = layers.Flatten()(layers.Embedding(15, 4)(s_in))
h = layers.concatenate([s, w_in])
for units in [64, 64, 32, 32]:
    h = layers.Dense(units, activation="relu")(h)
model = keras.Model([s_in, w_in], layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.2), loss="mse", metrics=["accuracy"])
model.fit([station[:3200], weather[:3200]], y[:3200], epochs=25, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(y[3200:], model.predict([station[3200:], weather[3200:]], verbose=0).ravel()))
