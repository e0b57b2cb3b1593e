"""Exercise 3: initialise the weights of a small CNN yourself and train it by hand, batch by batch."""
import numpy as np
import keras
from keras import layers, initializers

keras.utils.set_random_seed(8)
INIT = initializers.RandomNormal(mean=0.0, stddev=1.0)
STEPS, BATCH = 1200, 32

(x, y), (xt, yt) = keras.datasets.mnist.load_data()
x, y = x[:20000, ..., None].astype("float32") / 255, y[:20000]
xt, yt = xt[:1500, ..., None].astype("float32") / 255, yt[:1500]

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(16, 3, strides=2, activation="relu", kernel_initializer=INIT),
    layers.Conv2D(32, 3, strides=2, activation="relu", kernel_initializer=INIT),
    layers.Flatten(),
    layers.Dense(64, activation="relu", kernel_initializer=INIT),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"])

rng = np.random.default_rng(8)
for step in range(STEPS):
    rows = rng.integers(0, len(x), BATCH)
    loss, acc = model.train_on_batch(x[rows], y[rows])
    if step % 200 == 199:
        print(f"step {step + 1}: loss {float(loss):.3f}")
print("RESULT accuracy", float(model.evaluate(xt, yt, verbose=0)[1]))
