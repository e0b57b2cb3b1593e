import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
rows, cols = np.mgrid[:14, :14]

def draw(n, outline):
    kind = rng.integers(0, 4, n)
    pics = np.zeros((n, 14, 14, 1), "float32")
    for i, k in enumerate(kind):
        r, c, size = rng.integers(5, 9), rng.integers(5, 9), rng.integers(3, 5)
        dr, dc = abs(rows - r), abs(cols - c)
        dist = [np.maximum(dr, dc), dr + dc, np.sqrt(dr**2 + dc**2), np.where(np.minimum(dr, dc) == 0, np.maximum(dr, dc), 99)][k]
        inside = (dist <= size) & (dist > size - 1.3) if outline and k < 3 else dist <= size
        pics[i, :, :, 0] = inside
    return pics + rng.normal(0, 0.2, pics.shape).astype("float32"), kind

x_old, y_old = draw(1200, outline=False)
x_new, y_new = draw(900, outline=True)

base = keras.Sequential([keras.Input((14, 14, 1)),
                         layers.Conv2D(12, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
                         layers.Conv2D(24, 3, padding="same", activation="relu"), layers.Flatten()])
source = keras.Sequential([base, layers.Dense(4, activation="softmax")])
source.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
source.fit(x_old, y_old, epochs=12, validation_split=0.1, verbose=0)

base.trainable = False
target = keras.Sequential([base, layers.Dropout(0.3), layers.Dense(4, activation="softmax")])
target.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
target.fit(x_new[:300], y_new[:300], epochs=15, batch_size=16, validation_data=(x_new[300:400], y_new[300:400]), verbose=0)
base.trainable = True
target.compile(keras.optimizers.Adam(5e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
target.fit(x_new[:300], y_new[:300], epochs=8, batch_size=16, validation_data=(x_new[300:400], y_new[300:400]), verbose=0)
print("RESULT", "test_accuracy", target.evaluate(x_new[400:], y_new[400:], verbose=0)[1])
