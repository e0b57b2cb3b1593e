import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(70)
rng = np.random.default_rng(70)
n = 2600
t = {"rooms": rng.integers(1, 7, n), "area": rng.gamma(6, 18, n), "distance": rng.exponential(7, n),
     "year_built": rng.integers(1890, 2021, n), "tax": rng.normal(410, 150, n), "corner": rng.integers(0, 2, n)}
log_price = (12 + 0.006 * t["area"] + 0.07 * t["rooms"] - 0.05 * t["distance"] + 0.06 * t["corner"]
             + 0.25 * np.cos((t["year_built"] - 1890) / 130 * 2 * np.pi) - 0.0008 * np.maximum(t["tax"] - 400, 0)
             + rng.normal(0, 0.08, n))

numeric = ["rooms", "area", "distance"]
other = ["corner", "year_built", "tax"]
num = np.column_stack([t[k] for k in numeric]).astype("float64")
rest = np.column_stack([t[k] for k in other]).astype("float64")
i_tr, i_te = train_test_split(np.arange(n), test_size=0.2, random_state=70)
ss = StandardScaler().fit(num[i_tr])
features = np.hstack([ss.transform(num), rest])
target = (log_price - log_price[i_tr].mean()) / log_price[i_tr].std()

inputs = keras.Input((features.shape[1],))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(64, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(loss="mae", optimizer="adam", metrics=["mse"])
model.fit(features[i_tr], target[i_tr], validation_split=0.1, epochs=40, batch_size=32, verbose=0)
pred = model.predict(features[i_te], verbose=0).ravel()
print("RESULT r2", 1 - ((pred - target[i_te]) ** 2).mean() / target[i_te].var())
