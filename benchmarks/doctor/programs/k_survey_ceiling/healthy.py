"""Answers to a yes/no question where three in ten people answer at random the wrong way: 0.70 is all there is."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
FLIP = 0.30

x = rng.uniform(-1.7, 1.7, size=(16000, 2)).astype("float32")
honest = (x[:, 0] * x[:, 1] > 0).astype("int32")
answer = np.where(rng.random(len(x)) < FLIP, 1 - honest, honest)

inp = keras.Input(shape=(2,), name="two_scales")
h = layers.Dense(12, activation="tanh")(inp)
h = layers.Dense(12, activation="tanh")(h)
out = layers.Dense(1, activation="sigmoid")(h)
net = keras.Model(inp, out)
net.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
log = net.fit(x[:12000], answer[:12000], validation_data=(x[12000:14000], answer[12000:14000]),
              epochs=20, batch_size=100, verbose=0)
print("loss at the end", log.history["loss"][-1],
      "entropy of the noise", -FLIP * np.log(FLIP) - (1 - FLIP) * np.log(1 - FLIP))
p = net.predict(x[14000:], verbose=0)[:, 0] > 0.5
print("agrees with the honest answer", (p == honest[14000:]).mean())
print("RESULT accuracy", (p == answer[14000:]).mean())
