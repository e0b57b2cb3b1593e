import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
n = 2400
temp, rain = rng.normal(18, 7, n), rng.exponential(1.5, n) * (rng.random(n) < 0.4)
dow, event = rng.integers(0, 7, n), rng.random(n) < 0.06
cups = (40 + 25 * np.exp(-((temp - 27) / 6) ** 2) * (dow >= 5) + 35 * np.exp(-((temp - 4) / 6) ** 2) - 6 * np.minimum(rain, 4)
        + 45 * event + rng.normal(0, 5, n))

tr, va, te = slice(0, 1500), slice(1500, 1900), slice(1900, None)
X = np.column_stack([(temp - 18) / 7, rain / 1.5, event, np.eye(7)[dow]]).astype("float32")
mu, sd = cups[tr].mean(), cups[tr].std()
tgt = (cups - mu) / sd

model = keras.Sequential([keras.Input((10,)), layers.Dense(48, activation="relu"), layers.Dense(24, activation="relu"),
                          layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
best, best_weights, waited = np.inf, None, 0
for round_ in range(25):
    model.fit(X[tr], tgt[tr], epochs=3, batch_size=50, verbose=0)
    now = model.evaluate(X[va], tgt[va], verbose=0)
    if now < best - 1e-4:
        best, best_weights, waited = now, model.get_weights(), 0
    else:
        waited += 1
        model.optimizer.learning_rate = float(model.optimizer.learning_rate) * 0.6
    if waited == 5:
        break
model.set_weights(best_weights)
print("RESULT mae_cups", np.abs(model.predict(X[te], verbose=0).ravel() - tgt[te]).mean() * sd)
