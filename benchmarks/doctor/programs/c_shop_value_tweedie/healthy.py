import numpy as np
import keras
from keras import layers, ops
from sklearn.metrics import mean_tweedie_deviance

keras.utils.set_random_seed(94)
rng = np.random.default_rng(94)
n = 5500
recency, orders, basket = rng.exponential(60, n), rng.poisson(3, n) + 1, rng.lognormal(3.6, 0.5, n)
newsletter, age = rng.integers(0, 2, n), rng.uniform(18, 80, n)
often = np.exp(-0.6 + 0.25 * np.minimum(orders - 4, 3) - 1.5 * np.tanh(recency / 60) * (1 - 0.6 * newsletter)
               + 1.1 * np.cos((age - 45) / 11))
count = rng.poisson(often)
value = np.where(count > 0, rng.gamma(np.maximum(count, 1) * 2.0, 1.0) / 2.0, 0.0) * basket

x = np.column_stack([np.log1p(recency), orders, np.log(basket), newsletter, age]).astype("float32")
x = (x - x[:4200].mean(0)) / x[:4200].std(0)
unit = value[:4200].mean()
P = 1.5

def tweedie(y_true, y_pred):
    y_pred = ops.maximum(y_pred, 1e-4)
    return ops.mean(-y_true * ops.power(y_pred, 1 - P) / (1 - P) + ops.power(y_pred, 2 - P) / (2 - P), axis=-1)

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="exponential"),
])
model.compile(optimizer=keras.optimizers.Adam(1.5e-3), loss=tweedie)
model.fit(x[:4200], value[:4200, None] / unit, epochs=30, batch_size=64, validation_split=0.15, verbose=0)
guess = model.predict(x[4200:], verbose=0).ravel()
print("RESULT tweedie_deviance", mean_tweedie_deviance(value[4200:] / unit, guess, power=P))
