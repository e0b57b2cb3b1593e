"""When will the pump fail? Not one number but three: the 10 %, 50 % and 90 % points of log hours.
The sensors come in their own units (Pa, Hz, K, ppm); the model scales them itself."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)
Q = np.array([0.1, 0.5, 0.9], dtype="float32")


def pinball(y_true, y_pred):
    e = y_true - y_pred                      # (rows, 1) - (rows, 3)
    return ops.mean(ops.maximum(Q * e, (Q - 1.0) * e), axis=-1)


n = 4000
pressure = rng.normal(4.1e5, 6e4, n)
vibration = rng.gamma(4, 14, n)
kelvin = rng.normal(341, 9, n)
sand = rng.exponential(180, n)
log_hours = 8.5 - 0.9 * np.log1p(sand / 100) - 0.012 * vibration - 0.05 * np.maximum(kelvin - 345, 0) \
    - 0.3 * (pressure / 4.1e5 - 1) ** 2
log_hours = log_hours + rng.normal(0, 0.12 + 0.0008 * sand, n)   # dirty water: less certain

X = np.c_[pressure, vibration, kelvin, sand].astype("float32")
y = log_hours.astype("float32")[:, None]
X_fit, y_fit, X_late, y_late = X[:3200], y[:3200], X[3200:], y[3200:]

scale = layers.Normalization()
scale.adapt(X_fit)
unscale = layers.Rescaling(float(y_fit.std()), offset=float(y_fit.mean()))

sensors = keras.Input((4,), name="sensors")
h = scale(sensors)
h = layers.Dense(32, activation="gelu")(h)
h = layers.Dense(32, activation="gelu")(h)
quantiles = unscale(layers.Dense(3)(h))
model = keras.Model(sensors, quantiles)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=pinball)
model.fit(X_fit, y_fit, validation_split=0.15, epochs=30, batch_size=64, verbose=0)

q = model.predict(X_late, verbose=0)
err = y_late - q
base = y_late - np.quantile(y_fit, Q)[None, :]
loss = np.maximum(Q * err, (Q - 1) * err).mean()
loss_base = np.maximum(Q * base, (Q - 1) * base).mean()
print("inside the 80 % band:", float(((y_late[:, 0] > q[:, 0]) & (y_late[:, 0] < q[:, 2])).mean()))
print("RESULT pinball_share_of_constant", float(loss / loss_base))
