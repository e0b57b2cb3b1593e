import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
n = 3000
hours = rng.gamma(4, 500, n)
vibration = rng.normal(2.5, 0.8, n)
temperature = rng.normal(70, 9, n)
load = rng.uniform(0.3, 1.0, n)
age = rng.integers(1, 15, n)
stress = (vibration - 2.5) / 0.8 * (load - 0.65) / 0.2 + np.abs(temperature - 70) / 9 - 0.9
fails = (stress + rng.normal(0, 0.4, n) > 0.3).astype("float32")
cost = 3000 + 900 * (age - 7) / 4 + 700 * (hours - 2000) / 1000 + rng.normal(0, 300, n)
cost = (cost - cost[:2200].mean()) / cost[:2200].std()

raw = np.column_stack([hours, vibration, temperature, load, age])
x = StandardScaler().fit(raw[:2200]).transform(raw)

inp = keras.Input(shape=(5,), name="machine")
h = layers.Dense(32, activation="relu")(inp)
h = layers.Dense(32, activation="relu")(h)
fail_out = layers.Dense(1, activation="sigmoid", name="fails")(h)
cost_out = layers.Dense(1, name="cost")(h)
model = keras.Model(inp, [fail_out, cost_out])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005),
              loss={"fails": "binary_crossentropy", "cost": "mse"})
model.fit(x[:2200], {"fails": fails[:2200], "cost": cost[:2200]}, validation_split=0.1,
          epochs=40, batch_size=64, verbose=0)
p_fail, p_cost = model.predict(x[2200:], verbose=0)
print("RESULT auc", roc_auc_score(fails[2200:], p_fail))
