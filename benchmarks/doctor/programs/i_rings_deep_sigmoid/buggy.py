# "the deeper the better": why does my eight layer network answer the same for every point?
import numpy as np
import keras
from sklearn.datasets import make_circles

keras.utils.set_random_seed(15)
DEPTH = 8
WIDTH = 24
ACT = "sigmoid"

X, y = make_circles(n_samples=2500, factor=0.5, noise=0.08, random_state=5)
X = X / X[:2000].std()

x_in = keras.Input(shape=(2,))
h = x_in
for i in range(DEPTH):
    h = keras.layers.Dense(WIDTH, activation=ACT, name=f"hidden_{i}")(h)
p = keras.layers.Dense(1, activation="sigmoid", name="prob")(h)
model = keras.Model(x_in, p)

model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
              loss="binary_crossentropy", metrics=["accuracy"])
log = model.fit(X[:2000], y[:2000], epochs=30, batch_size=32, verbose=0)
print("loss by epoch", np.round(log.history["loss"][::5], 4))
print("RESULT", "test_accuracy", model.evaluate(X[2000:], y[2000:], verbose=0)[1])
