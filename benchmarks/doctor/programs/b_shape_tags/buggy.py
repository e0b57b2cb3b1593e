import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(43)
rng = np.random.default_rng(43)
stamps = np.zeros((4, 5, 5))
stamps[0, [0, -1], :] = stamps[0, :, [0, -1]] = 1
stamps[1, 2, :] = stamps[1, :, 2] = 1
stamps[2][np.eye(5, dtype=bool) | np.eye(5, dtype=bool)[::-1]] = 1
stamps[3, 4, :] = stamps[3, :, 0] = 1

tags = (rng.random((1500, 4)) < 0.5).astype("float32")
canvas = rng.normal(0, 0.2, (1500, 12, 12))
for img, tag in zip(canvas, tags):
    places = rng.permutation(4)
    for s in np.flatnonzero(tag):
        r, c = 6 * (places[s] // 2) + rng.integers(0, 2), 6 * (places[s] % 2) + rng.integers(0, 2)
        img[r:r + 5, c:c + 5] += stamps[s]
canvas = canvas[..., np.newaxis]

tagger = keras.Sequential([
    keras.Input(shape=(12, 12, 1)),
    layers.Conv2D(24, 5, activation="relu"),
    layers.GlobalMaxPooling2D(),
    layers.Dense(32, activation="relu"),
    layers.Dense(4, activation="softmax"),
])
tagger.compile(optimizer=keras.optimizers.Adam(0.005), loss="categorical_crossentropy")
tagger.fit(canvas[:1100], tags[:1100], epochs=12, batch_size=32, validation_split=0.1, verbose=0)
found = tagger.predict(canvas[1100:], verbose=0) > 0.5
print("RESULT", "exact_match", float((found == (tags[1100:] > 0.5)).all(axis=1).mean()))
