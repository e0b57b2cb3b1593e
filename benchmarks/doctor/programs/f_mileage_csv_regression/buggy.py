import numpy as np
from tensorflow import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
n = 1200
cyl = rng.choice([4, 6, 8], n)
weight = 1500 + 350 * (cyl - 3) + rng.normal(0, 300, n)
year = rng.integers(70, 83, n)
power = 30 + 14 * cyl + rng.normal(0, 12, n)
mpg = 46 - 0.007 * weight + 0.6 * (year - 76) - 0.03 * power + rng.normal(0, 1.2, n)
table = np.stack([cyl, weight, year, power], 1).astype("float32")
train, test = slice(0, 900), slice(900, n)
table = (table - table[train].mean(0)) / table[train].std(0)
mpg = (mpg - mpg[train].mean()) / mpg[train].std()

def build_model():
    m = keras.Sequential([
        keras.layers.Dense(32, activation="relu", input_shape=[4]),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="relu"),
    ])
    m.compile(loss="mse", optimizer=keras.optimizers.RMSprop(0.002), metrics=["accuracy"])
    return m

model = build_model()
early = keras.callbacks.EarlyStopping(monitor="val_loss", patience=15, restore_best_weights=True)
model.fit(table[train], mpg[train], epochs=60, validation_split=0.2, callbacks=[early], verbose=0)
e = model.predict(table[test], verbose=0)[:, 0] - mpg[test]
print("RESULT", "r2", float(1 - np.mean(e ** 2) / np.var(mpg[test])))
