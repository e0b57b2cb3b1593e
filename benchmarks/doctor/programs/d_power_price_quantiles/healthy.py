import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
n = 3200
hour = rng.integers(0, 24, n)
wind = rng.weibull(2, n) * 8
gas = rng.normal(35, 6, n)
holiday = rng.random(n) < 0.25
demand = 42 + 9 * np.sin((hour - 8) / 24 * 2 * np.pi) - 5 * holiday + rng.normal(0, 2, n)
net = demand - 1.3 * np.minimum(wind, 13)
price = 0.9 * gas + 1.1 * np.maximum(net - 28, 0) ** 1.2 + rng.gumbel(0, 1, n) * (3 + 0.25 * np.maximum(net - 30, 0))

x = np.column_stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), (wind - 7) / 4, (gas - 35) / 6,
                     holiday, (demand - 42) / 7]).astype("float32")
y = ((price - price[:2400].mean()) / price[:2400].std()).astype("float32")[:, None]
taus = np.array([0.1, 0.5, 0.9], dtype="float32")

def pinball(y_true, y_pred):
    err = y_true - y_pred
    return ops.mean(ops.maximum(taus * err, (taus - 1) * err), axis=-1)

inputs = keras.Input((6,))
h = layers.Dense(48, activation="gelu")(inputs)
h = layers.Dense(48, activation="gelu")(h)
low = layers.Dense(1)(h)
steps = layers.Dense(2, activation="softplus")(h)
mid = layers.Add()([low, steps[:, :1]])
high = layers.Add()([mid, steps[:, 1:]])
model = keras.Model(inputs, layers.Concatenate()([low, mid, high]))
model.compile(loss=pinball, optimizer=keras.optimizers.Adam(0.002))
model.fit(x[:2400], y[:2400], epochs=35, batch_size=48, validation_split=0.15, verbose=0)
q = model.predict(x[2400:], verbose=0)
err = y[2400:] - q
print("RESULT pinball", np.maximum(taus * err, (taus - 1) * err).mean())
