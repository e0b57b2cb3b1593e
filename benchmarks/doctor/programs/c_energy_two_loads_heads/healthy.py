import numpy as np
import keras
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
n = 1400
compact = rng.uniform(0.6, 1.0, n)
wall = rng.uniform(240, 420, n)
roof = rng.uniform(110, 220, n)
height = rng.choice([3.5, 7.0], n)
glass = rng.choice([0.0, 0.1, 0.25, 0.4], n)
side = rng.integers(0, 4, n)
heat = 0.03 * wall * (height / 7) + 0.04 * roof + 25 * glass * (1 + 0.3 * np.cos(side * np.pi / 2)) - 10 * compact + rng.normal(0, 0.7, n)
cool = 0.9 * heat + 20 * glass * np.cos(side * np.pi / 2 + 0.5) + 6 + rng.normal(0, 0.9, n)
label = np.digitize(heat + cool, np.quantile((heat + cool)[:1000], [0.33, 0.66]))

X = np.column_stack([compact, wall, roof, height, glass, np.eye(4)[side]])
X[:, :5] = (X[:, :5] - X[:1000, :5].mean(0)) / X[:1000, :5].std(0)
m = {"heat": (heat[:1000].mean(), heat[:1000].std()), "cool": (cool[:1000].mean(), cool[:1000].std())}
targets = {"heat": (heat - m["heat"][0]) / m["heat"][1], "cool": (cool - m["cool"][0]) / m["cool"][1], "label": label}

inputs = keras.Input((9,))
shared = layers.Dense(64, activation="relu")(inputs)
shared = layers.Dense(32, activation="relu")(shared)
outputs = {
    "heat": layers.Dense(1, name="heat")(layers.Dense(16, activation="relu")(shared)),
    "cool": layers.Dense(1, name="cool")(layers.Dense(16, activation="relu")(shared)),
    "label": layers.Dense(3, activation="softmax", name="label")(shared),
}
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(0.003), loss={"heat": "mse", "cool": "huber", "label": "sparse_categorical_crossentropy"},
              loss_weights={"heat": 1.0, "cool": 1.0, "label": 0.3}, metrics={"label": ["accuracy"], "heat": ["mae"]})
model.fit(X[:1000], {k: v[:1000] for k, v in targets.items()}, epochs=50, batch_size=32, validation_split=0.15, verbose=0)
out = model.predict(X[1000:], verbose=0)
print("RESULT r2_heat", r2_score(heat[1000:], out["heat"].ravel() * m["heat"][1] + m["heat"][0]))
