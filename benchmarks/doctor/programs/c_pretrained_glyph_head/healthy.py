import numpy as np
import keras
from keras import layers
from keras.datasets import mnist

keras.utils.set_random_seed(101)
(x, y), (xt, yt) = mnist.load_data()
x, y = x[:9000, 2:26, 2:26, None] / np.float32(255), y[:9000]
xt, yt = xt[:2500, 2:26, 2:26, None] / np.float32(255), yt[:2500]
old, new = y < 6, y >= 6
base = keras.Sequential([
    keras.Input((24, 24, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
], name="base")
source = keras.Sequential([base, layers.Dense(6, activation="softmax")])
source.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
source.fit(x[old][:4000], y[old][:4000], epochs=4, batch_size=32, validation_split=0.1, verbose=0)

few_x, few_y = x[new][:400], y[new][:400] - 6
base.trainable = False
target = keras.Sequential([base, layers.Dropout(0.3), layers.Dense(4)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
target.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
target.fit(few_x, few_y, epochs=15, batch_size=16, validation_split=0.2, verbose=0)
base.trainable = True
target.compile(keras.optimizers.Adam(1e-4), loss, metrics=["accuracy"])
target.fit(few_x, few_y, epochs=6, batch_size=16, validation_split=0.2, verbose=0)
pick = yt >= 6
print("RESULT", "test_accuracy", target.evaluate(xt[pick], yt[pick] - 6, verbose=0)[1])
