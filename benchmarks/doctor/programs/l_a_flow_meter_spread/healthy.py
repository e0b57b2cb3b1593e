"""Flow through a hot-wire meter, with the spread of the reading: the network gives a mean and a log variance."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

n = 4000
volt = rng.uniform(1.0, 4.8, n)                     # V
gas_temp = rng.uniform(273.0, 353.0, n)             # K
pressure = rng.uniform(90e3, 130e3, n)              # Pa
flow = 3.0 * volt ** 2 * (pressure / 101325) * np.sqrt(293 / gas_temp)          # litres per minute
reading = flow * (1 + 0.04 * rng.normal(size=n)) + 0.3 * rng.normal(size=n)
X = np.column_stack([volt, gas_temp, pressure]).astype("float32")
mean, std = reading[:2800].mean(), reading[:2800].std()
y = ((reading - mean) / std).astype("float32")

def gaussian_nll(y_true, y_pred):
    mu, log_var = y_pred[:, :1], y_pred[:, 1:]
    y_true = ops.reshape(y_true, (-1, 1))
    return 0.5 * ops.mean(log_var + ops.square(y_true - mu) * ops.exp(-log_var), axis=-1)

scale = layers.Normalization()
scale.adapt(X[:2800])
inp = keras.Input((3,), name="volt_kelvin_pascal")
h = scale(inp)
h = layers.Dense(32, activation="tanh")(h)
h = layers.Dense(32, activation="tanh")(h)
mu = layers.Dense(1, name="mean")(h)
log_var = layers.Dense(1, name="log_variance", kernel_initializer="zeros")(h)
model = keras.Model(inp, layers.Concatenate()([mu, log_var]))
steps = 40 * 88
model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps, alpha=0.02)), loss=gaussian_nll)
model.fit(X[:2800], y[:2800], validation_data=(X[2800:3300], y[2800:3300]), epochs=40, batch_size=32, verbose=0)

out = model.predict(X[3300:], verbose=0)
guess, sigma = out[:, 0] * std + mean, np.exp(0.5 * out[:, 1]) * std
inside = np.abs(reading[3300:] - guess) < 2 * sigma
print("within two sigma:", float(inside.mean()), "mean flow:", float(flow[3300:].mean()))
print("RESULT mae_litres", float(np.abs(guess - flow[3300:]).mean()))
