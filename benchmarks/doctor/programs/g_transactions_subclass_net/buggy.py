import numpy as np
import tensorflow as tf
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
n = 4000
hour = rng.integers(0, 24, n)
amount = rng.lognormal(3.5, 1.0, n)
distance = rng.exponential(20, n)
tries = rng.poisson(1.2, n)
age_of_card = rng.uniform(0, 10, n)
night_far = (np.abs(hour - 12) > 6) ^ (distance > 14)
z = (3.0 * night_far + 0.9 * np.log(amount / 33) + 0.8 * (tries - 1.2)
     - 0.25 * (age_of_card - 5) + 0.4 * rng.normal(size=n))
stolen = (z > 3.2).astype("float32")
table = np.stack([hour, np.log(amount), np.sqrt(distance), tries, age_of_card], axis=1)
table = StandardScaler().fit(table[:3000]).transform(table).astype("float32")


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(48, activation="relu")
        self.drop1 = layers.Dropout(0.8)
        self.second = layers.Dense(24, activation="relu")
        self.drop2 = layers.Dropout(0.8)
        self.answer = layers.Dense(1, activation="sigmoid")

    def call(self, x, training=False):
        x = self.drop1(self.first(x), training=training)
        x = self.drop2(self.second(x), training=training)
        return self.answer(x)


net = Net()
net.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss=tf.keras.losses.BinaryCrossentropy())
net.fit(table[:3000], stolen[:3000], batch_size=64, epochs=30, verbose=0)
flag = net.predict(table[3000:], verbose=0)[:, 0] > 0.5
print("flagged", int(flag.sum()), "stolen", int(stolen[3000:].sum()))
print("RESULT", "f1", f1_score(stolen[3000:], flag))
