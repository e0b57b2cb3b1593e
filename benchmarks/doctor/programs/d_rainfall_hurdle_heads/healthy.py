import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(79)
rng = np.random.default_rng(79)
n = 4200
pressure, humid, wind, cape = rng.normal(1013, 9, n), rng.beta(5, 2, n), rng.gamma(2, 2.5, n), rng.exponential(500, n)
month = rng.integers(0, 12, n)
wet_score = 9 * (humid - 0.72) - (pressure - 1013) / 6 + 0.8 * np.tanh((cape - 600) / 300) + 0.4 * np.cos(month / 6 * np.pi)
wet = wet_score + rng.logistic(0, 0.3, n) > 0.4
amount = np.exp(0.8 + 1.0 * np.tanh(cape / 700) * (humid > 0.7) + 0.06 * wind - (pressure - 1013) / 15 + rng.normal(0, 0.25, n))
rain = np.where(wet, amount, 0.0)

tr, te = slice(0, 3200), slice(3200, None)
X = np.column_stack([pressure, humid, wind, np.sqrt(cape), np.sin(month / 6 * np.pi), np.cos(month / 6 * np.pi)])
X = ((X - X[tr].mean(0)) / X[tr].std(0)).astype("float32")
log_rain = np.log(np.where(wet, rain, 1.0))
centre, width = log_rain[tr][wet[tr]].mean(), log_rain[tr][wet[tr]].std()
size = np.where(wet, (log_rain - centre) / width, 0.0).astype("float32")
flag = wet.astype("float32")

inputs = keras.Input((6,))
h = layers.Dense(48, activation="relu")(inputs)
h = layers.Dense(32, activation="relu")(h)
model = keras.Model(inputs, [layers.Dense(1, activation="sigmoid", name="wet")(h), layers.Dense(1, name="size")(h)])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=["binary_crossentropy", "mse"], loss_weights=[1.0, 0.5])
model.fit(X[tr], [flag[tr], size[tr]], sample_weight=[np.ones(3200, "float32"), flag[tr]], epochs=25, batch_size=64,
          verbose=0)
p_wet, p_size = model.predict(X[te], verbose=0)
guess = np.where(p_wet.ravel() > 0.5, np.exp(p_size.ravel() * width + centre), 0.0)
print("RESULT mae_mm", np.abs(guess - rain[te]).mean())
