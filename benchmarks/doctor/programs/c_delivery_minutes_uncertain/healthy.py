import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
n = 3400
km = rng.gamma(2.5, 2.0, n)
hour = rng.integers(8, 23, n)
rain = rng.random(n) < 0.2
rush = np.exp(-((hour - 18) / 1.5) ** 2) + 0.6 * np.exp(-((hour - 12) / 1.0) ** 2)
spread = 1.5 + 0.6 * km * (0.3 + rush)
minutes = 9 + 2.4 * km * (1 + 0.7 * rush + 0.25 * rain) + spread * rng.normal(size=n)

z = np.column_stack([(km - 5) / 3, (hour - 15) / 4, rain, np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi)])
mid, sd = minutes[:2600].mean(), minutes[:2600].std()
t = ((minutes - mid) / sd).reshape(-1, 1)

def gaussian_nll(y_true, y_pred):
    mean, log_sd = y_pred[:, :1], y_pred[:, 1:]
    log_sd = ops.clip(log_sd, -5.0, 3.0)
    return ops.mean(0.5 * ops.square((y_true - mean) / ops.exp(log_sd)) + log_sd, axis=-1)

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(40, activation="swish"),
    layers.Dense(40, activation="swish"),
    layers.Dense(2),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss=gaussian_nll)
model.fit(z[:2600], t[:2600], validation_split=0.15, epochs=40, batch_size=64, verbose=0)

out = model.predict(z[2600:], verbose=0)
mean, width = mid + sd * out[:, 0], sd * np.exp(out[:, 1])
nll = np.mean(0.5 * ((minutes[2600:] - mean) / width) ** 2 + np.log(width))
print("RESULT nll", nll)
