# Do two 8x8 pictures show the same digit?  Shared encoder, contrastive loss on the distance.
import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_digits

MARGIN = 1.0
keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)
images, digit = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
order = rng.permutation(len(images))
train_rows, test_rows = order[:1300], order[1300:]


def pairs(rows, n):
    a = rng.choice(rows, n)
    b = np.empty(n, int)
    for i in range(n):                               # half of the pairs alike, half not
        alike = digit[rows] == digit[a[i]]
        b[i] = rng.choice(rows[alike if i % 2 else ~alike])
    return images[a], images[b], (digit[a] == digit[b]).astype("float32")[:, None]


def contrastive(same, distance):
    return same * distance ** 2 + (1 - same) * ops.maximum(MARGIN - distance, 0.0) ** 2


encoder = keras.Sequential([
    keras.Input((64,)),
    layers.Dense(96, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(12),
])
left, right = keras.Input((64,)), keras.Input((64,))
gap = encoder(left) - encoder(right)
distance = ops.sqrt(ops.sum(gap ** 2, axis=-1, keepdims=True) + 1e-6)
siamese = keras.Model([left, right], distance)
siamese.compile(optimizer=keras.optimizers.Adam(0.001), loss=contrastive)

a, b, same = pairs(train_rows, 8000)
siamese.fit([a, b], same, batch_size=64, epochs=15, verbose=0)
a, b, same = pairs(test_rows, 1500)
d = siamese.predict([a, b], verbose=0)
print("RESULT", "pair_accuracy", float(((d < MARGIN / 2) == (same > 0.5)).mean()))
