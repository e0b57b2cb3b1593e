import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(56)
rng = np.random.default_rng(56)
user = rng.normal(size=(1800, 6)).astype("float32")
item = rng.normal(size=(1800, 6)).astype("float32")
bought = ((user[:, :3] * item[:, :3]).sum(1) > 0).astype("float32")

class Pair(keras.Model):
    def __init__(self):
        super().__init__()
        self.join = layers.Concatenate()
        self.d1 = layers.Dense(64)
        self.d2 = layers.Dense(64)
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        u, i = inputs
        return self.out(self.d2(self.d1(self.join([u, i]))))

net = Pair()
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit([user[:1400], item[:1400]], bought[:1400], epochs=20, batch_size=32, verbose=0)
loss, acc = net.evaluate([user[1400:], item[1400:]], bought[1400:], verbose=0)
print("RESULT", "test_accuracy", acc)
