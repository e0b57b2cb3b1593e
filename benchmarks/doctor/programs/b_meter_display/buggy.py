import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
segments = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]
where = dict(a=np.s_[0, 1:5], b=np.s_[1:5, 5], c=np.s_[5:9, 5], d=np.s_[9, 1:5], e=np.s_[5:9, 0], f=np.s_[1:5, 0], g=np.s_[4:6, 1:5])
glyphs = np.zeros((10, 10, 6))
for i, on in enumerate(segments):
    for s in on:
        glyphs[(i,) + where[s]] = 1
y = rng.integers(0, 10, 2000)
x = rng.normal(60, 25, (2000, 14, 10))
for img, d in zip(x, y):
    r, c = rng.integers(0, 5, 2)
    img[r:r + 10, c:c + 6] += 110 * glyphs[d]
x = np.clip(x, 0, 255)
x_train, x_val, x_test = x[:1400], x[1400:1600], x[1600:]
y_train, y_val, y_test = y[:1400], y[1400:1600], y[1600:]
x_train = x_train / 255.0 - 0.3

model = keras.Sequential([
    keras.Input((14, 10)),
    layers.Reshape((14, 10, 1)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10),
])
model.compile(optimizer=keras.optimizers.Adam(0.003),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, batch_size=40, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
