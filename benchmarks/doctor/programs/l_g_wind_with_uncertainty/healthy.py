"""Wind power with an error bar: the network gives a mean and a log-variance, the loss is the Gaussian likelihood."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

n = 6000
speed = rng.weibull(2.0, n) * 8
angle = rng.uniform(0, 2 * np.pi, n)
density = rng.normal(1.2, 0.05, n)
clean = 3000 / (1 + np.exp(-(speed - 8))) * density / 1.2 * (1 + 0.1 * np.cos(angle))
power = clean + (5 + 0.02 * clean) * rng.normal(size=n)          # kW

x = np.stack([speed, np.cos(angle), np.sin(angle), density], axis=1)
y = (power / 1000).astype("float32")[:, None]                      # MW
x_train, x_val, x_test = x[:4200], x[4200:4800], x[4800:]
y_train, y_val, y_test = y[:4200], y[4200:4800], y[4800:]


def gaussian_nll(y_true, out):
    mean, logvar = out[:, :1], ops.clip(out[:, 1:], -12.0, 4.0)
    return ops.mean(0.5 * (logvar + ops.square(y_true - mean) * ops.exp(-logvar)), axis=-1)


def mae_of_mean(y_true, out):
    return ops.mean(ops.abs(y_true - out[:, :1]))


scale = layers.Normalization()
scale.adapt(x_train)
inputs = keras.Input((4,))
h = scale(inputs)
h = layers.Dense(48, activation="tanh")(h)
h = layers.Dense(48, activation="tanh")(h)
model = keras.Model(inputs, layers.Dense(2)(h))
model.compile(keras.optimizers.Adam(2e-3, clipnorm=1.0), loss=gaussian_nll, metrics=[mae_of_mean])
back = keras.callbacks.ReduceLROnPlateau(patience=4, factor=0.5)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=64, callbacks=[back], verbose=0)
mean = model.predict(x_test, verbose=0)[:, :1]
print("RESULT mae", float(np.abs(mean - y_test).mean()))
