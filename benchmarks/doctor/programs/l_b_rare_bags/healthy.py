"""Find the bags (1 picture in 25) among the clothes; raw pixels go in, the model scales them itself."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
BAG = 8

(x, y), (xt, yt) = keras.datasets.fashion_mnist.load_data()


def shop(x, y, n):
    bags = np.where(y == BAG)[0][: n // 25]
    rest = np.where(y != BAG)[0][: n - len(bags)]
    rows = rng.permutation(np.concatenate([bags, rest]))
    return x[rows][..., None].astype("float32"), (y[rows] == BAG).astype("float32")


x_train, y_train = shop(x, y, 15000)
x_test, y_test = shop(xt, yt, 8000)

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Rescaling(1 / 127.5, offset=-1),
    layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True),
              metrics=[keras.metrics.AUC(from_logits=True, name="auc")])
share = float(y_train.mean())
model.fit(x_train, y_train, epochs=5, batch_size=32, validation_split=0.1, verbose=2,
          class_weight={0: 0.5 / (1 - share), 1: 0.5 / share})

found = model.predict(x_test, verbose=0).ravel() > 0
hit, quiet = found[y_test == 1].mean(), (~found[y_test == 0]).mean()
print("bags found", float(hit), "others left alone", float(quiet))
print("RESULT balanced_accuracy", float((hit + quiet) / 2))
