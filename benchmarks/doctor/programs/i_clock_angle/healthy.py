import numpy as np
import keras
from keras import layers, ops

# what time of day is it? read from noisy sensors of a greenhouse; 23:50 and 00:10 are close,
# so the answer is a point on the circle and the loss is 1 - cos(difference)
keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
n = 4000
t = rng.uniform(0, 24, n)
a = 2 * np.pi * t / 24
k = rng.normal(0, 0.15, (n, 5))
sensors = np.stack([
    np.clip(-np.cos(a), 0, None) * 800 + 30 * k[:, 0],      # lux
    21 - 6 * np.cos(a - 0.6) + 2 * k[:, 1],                 # degrees C
    70 + 15 * np.cos(a - 0.9) + 5 * k[:, 2],                # % humidity
    400 + 60 * np.sin(a + 2.6) + 20 * k[:, 3],              # ppm CO2
    18 - 2 * np.cos(a - 1.9) + 0.6 * k[:, 4],               # degrees C, soil
], axis=1)
x = (sensors - sensors[:3200].mean(0)) / sensors[:3200].std(0)
y = np.stack([np.cos(a), np.sin(a)], 1)


def circle_loss(true, pred):
    return 1 - ops.sum(true * pred, axis=-1)


inputs = keras.Input((5,))
h = layers.Dense(64, activation="relu")(inputs)
for _ in range(3):
    h = layers.add([h, layers.Dense(64, activation="relu")(layers.LayerNormalization()(h))])
outputs = layers.UnitNormalization()(layers.Dense(2)(h))
clock = keras.Model(inputs, outputs)
clock.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, 1000)),
              loss=circle_loss)
clock.fit(x[:3200], y[:3200], epochs=20, batch_size=64, verbose=0)

p = clock.predict(x[3200:], verbose=0)
told = np.arctan2(p[:, 1], p[:, 0]) * 24 / (2 * np.pi)
off = np.abs((told - t[3200:] + 12) % 24 - 12)
print("RESULT", "minutes_off", float(60 * np.median(off)))
