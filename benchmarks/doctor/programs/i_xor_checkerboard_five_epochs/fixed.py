import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(13)
gen = np.random.default_rng(13)

# noisy XOR: four clouds, opposite corners belong together
corner = gen.integers(0, 2, size=(1200, 2))
points = (2.0 * corner - 1.0 + gen.normal(0, 0.28, size=(1200, 2))).astype("float32")
target = (corner[:, 0] ^ corner[:, 1]).astype("float32")

train_x, test_x = points[:900], points[900:]
train_y, test_y = target[:900], target[900:]

net = keras.Sequential([
    layers.Input((2,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
net.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
history = net.fit(train_x, train_y, epochs=40, batch_size=32, verbose=0)
print("losses", [round(v, 3) for v in history.history["loss"][-5:]])
loss, accuracy = net.evaluate(test_x, test_y, verbose=0)
print("accuracy", accuracy)
print("RESULT", "test_loss", loss)
