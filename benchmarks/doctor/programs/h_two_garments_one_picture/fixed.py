import numpy as np
import keras
from keras import layers
from sklearn.metrics import f1_score

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
(img, lab), (img_t, lab_t) = keras.datasets.fashion_mnist.load_data()


def pairs(img, lab, n):
    """n pictures with two pieces of clothing side by side, and a 0/1 column per kind"""
    left, right = rng.integers(0, len(img), (2, n))
    pics = np.concatenate([img[left], img[right]], axis=2)[:, ::2, ::2, None] / 255.0
    tags = np.zeros((n, 10), "float32")
    tags[np.arange(n), lab[left]] = 1
    tags[np.arange(n), lab[right]] = 1
    return pics.astype("float32"), tags


x_train, y_train = pairs(img[:6000], lab[:6000], 3200)
x_test, y_test = pairs(img_t[:2000], lab_t[:2000], 800)

inp = keras.Input((14, 28, 1))
h = layers.Conv2D(16, 3, padding="same", activation="relu")(inp)
h = layers.MaxPooling2D()(h)
h = layers.Conv2D(32, 3, padding="same", activation="relu")(h)
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
h = layers.Dense(64, activation="relu")(h)
out = layers.Dense(10, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x_train, y_train, epochs=11, batch_size=64, validation_split=0.1, verbose=0)

tags = model.predict(x_test, verbose=0) > 0.5
print("RESULT", "test_f1", f1_score(y_test, tags, average="micro"))
