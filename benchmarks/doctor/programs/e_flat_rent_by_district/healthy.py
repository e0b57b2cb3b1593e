import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
rows = 3000
district = rng.integers(0, 20, rows)
area = rng.gamma(9, 8, rows) + 15
built = rng.integers(1900, 2020, rows)
level = rng.normal(0, 0.25, 20)
rent = (5 + 0.11 * area) * np.exp(level[district]) * (1 + 0.3 * (built > 1995)) * np.exp(rng.normal(0, 0.06, rows)) * 60
log_rent = np.log(rent)
numbers = np.column_stack([area, built]).astype("float32")
train, test = slice(0, 2400), slice(2400, rows)
mu, sd = log_rent[train].mean(), log_rent[train].std()
target = (log_rent - mu) / sd

scale = layers.Normalization()
scale.adapt(numbers[train])
d_in = tf.keras.Input((1,), dtype="int32")
n_in = tf.keras.Input((2,))
d = layers.Flatten()(layers.Embedding(20, 5)(d_in))
x = layers.concatenate([d, scale(n_in)])
x = layers.Dense(32, activation="elu")(x)
x = layers.Dense(32, activation="elu")(x)
y = layers.Dense(1)(x)
net = tf.keras.Model([d_in, n_in], y)
steps = 25 * 64
net.compile(tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(0.006, steps)),
            loss="huber", metrics=["mae"])
net.fit([district[train, None], numbers[train]], target[train], validation_split=0.15,
        epochs=25, batch_size=32, verbose=0)
p = net.predict([district[test, None], numbers[test]], verbose=0)[:, 0]
t = target[test]
print("RESULT", "r2", float(1 - ((p - t) ** 2).mean() / t.var()))
