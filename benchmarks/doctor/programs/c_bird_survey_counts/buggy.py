import numpy as np
import keras
from keras.layers import Dense, Input
from keras.callbacks import ReduceLROnPlateau

np.random.seed(7)
keras.utils.set_random_seed(7)
sites = 2000
elevation = np.random.uniform(0, 2200, sites)
forest = np.random.beta(1.5, 1.5, sites)
distance = np.random.exponential(3.0, sites)
effort = np.random.choice([1, 2, 3], sites)
mean = effort * np.exp(0.9 - ((elevation - 900) / 600) ** 2 + 1.2 * forest - 0.15 * distance)
birds = np.random.poisson(mean).astype("float32")

cols = np.c_[elevation, forest, distance, effort]
mu, sd = cols[:1500].mean(axis=0), cols[:1500].std(axis=0)
cols = (cols - mu) / sd

model = keras.Sequential()
model.add(Input(shape=(4,)))
model.add(Dense(32, activation="relu"))
model.add(Dense(16, activation="relu"))
model.add(Dense(1))
model.compile(loss="poisson", optimizer="adam", metrics=["mae"])
model.fit(cols[:1500], birds[:1500], epochs=60, batch_size=32, validation_split=0.2, verbose=0,
          callbacks=[ReduceLROnPlateau(patience=8, factor=0.5)])
estimate = model.predict(cols[1500:], verbose=0)[:, 0]
print("RESULT test_mae", np.abs(np.nan_to_num(estimate) - birds[1500:]).mean())
