import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers

tf.keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

def draw(kind):
    img = np.zeros((16, 16), "float32")
    r, c, s = rng.integers(0, 8), rng.integers(0, 8), rng.integers(5, 8)
    yy, xx = np.mgrid[0:s, 0:s]
    patch = [
        (yy == 0) | (yy == s - 1) | (xx == 0) | (xx == s - 1),
        (yy == xx) | (yy == s - 1 - xx),
        (yy == s // 2) | (xx == s // 2),
        np.abs(np.hypot(yy - (s - 1) / 2, xx - (s - 1) / 2) - s / 2 + 0.7) < 0.6,
    ][kind]
    img[r:r + s, c:c + s] = patch
    return img + rng.normal(0, 0.15, img.shape)

y = rng.integers(0, 4, 1600)
x = np.stack([draw(k) for k in y])[..., None].astype("float32")
x_train, y_train, x_test, y_test = x[:1200], y[:1200], x[1200:], y[1200:]

model = Sequential([
    layers.Input((16, 16, 1)),
    layers.Conv2D(12, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(4, activation="softmax"),
])
model.compile(
    optimizer=tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.8),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=8, batch_size=32, verbose=0)
test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_loss", test_loss, "accuracy", test_acc)
