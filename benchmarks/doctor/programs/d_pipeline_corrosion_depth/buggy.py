import numpy as np
import keras
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
n = 2000
years = rng.uniform(1, 40, n)
resistivity = rng.lognormal(4, 0.8, n)
ph = rng.normal(6.8, 0.9, n)
coating = rng.integers(0, 3, n)
chloride = rng.gamma(2, 40, n)
depth = (300 * years ** 0.6 * (1 + 0.5 * (coating == 0)) * (100 / (resistivity + 50)) ** 0.3
         * (1 + 0.25 * np.maximum(6.5 - ph, 0)) * (1 + chloride / 600) * np.exp(rng.normal(0, 0.08, n)))

wet = np.column_stack([years, np.log(resistivity), ph, chloride])
order = rng.permutation(n)
train, test = order[:1500], order[1500:]
wet = (wet - wet[train].mean(0)) / wet[train].std(0)
y = depth

soil = keras.Input(shape=(4,), name="soil")
coat = keras.Input(shape=(1,), dtype="int32", name="coat")
e = layers.Flatten()(layers.Embedding(3, 2)(coat))
h = layers.concatenate([soil, e])
h = layers.Dense(50, activation="relu")(h)
h = layers.Dense(50, activation="relu")(h)
model = keras.Model([soil, coat], layers.Dense(1)(h))
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(0.01, momentum=0.9))
model.fit([wet[train], coating[train]], y[train], epochs=40, batch_size=32, validation_split=0.1, verbose=0)
pred = np.nan_to_num(model.predict([wet[test], coating[test]], verbose=0).ravel())
print("RESULT r2", r2_score(y[test], pred))
