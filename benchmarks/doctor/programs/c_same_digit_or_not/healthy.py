import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
images, labels = load_digits(return_X_y=True)
images = (images / 16.0).reshape(-1, 8, 8, 1).astype("float32")
tr_x, te_x, tr_y, te_y = train_test_split(images, labels, test_size=0.25, random_state=14, stratify=labels)
tr_x, va_x, tr_y, va_y = train_test_split(tr_x, tr_y, test_size=0.15, random_state=14, stratify=tr_y)


def make_pairs(x, y, n):
    a = rng.integers(0, len(x), n)
    same = rng.random(n) < 0.5
    b = np.array([rng.choice(np.flatnonzero(y == y[i]) if s else np.flatnonzero(y != y[i])) for i, s in zip(a, same)])
    return [x[a], x[b]], same.astype("float32")


def contrastive(y_true, d, margin=1.0):
    y_true = ops.cast(y_true, d.dtype)
    return ops.mean(y_true * ops.square(d) + (1 - y_true) * ops.square(ops.maximum(margin - d, 0.0)))


tower = keras.Sequential([
    layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(16),
])
left, right = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
distance = layers.Lambda(
    lambda t: ops.sqrt(ops.maximum(ops.sum(ops.square(t[0] - t[1]), axis=1, keepdims=True), 1e-7))
)([tower(left), tower(right)])
siamese = keras.Model([left, right], distance)
siamese.compile(loss=contrastive, optimizer=keras.optimizers.Adam(2e-3))
pairs, same = make_pairs(tr_x, tr_y, 5000)
siamese.fit(pairs, same, validation_data=make_pairs(va_x, va_y, 500), epochs=8, batch_size=32, verbose=0)
test_pairs, test_same = make_pairs(te_x, te_y, 800)
d = siamese.predict(test_pairs, verbose=0)[:, 0]
print("RESULT", "pair_accuracy", float(((d < 0.5) == (test_same > 0.5)).mean()))
