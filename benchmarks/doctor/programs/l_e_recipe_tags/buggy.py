"""Tags of a recipe (sweet, spicy, baked, fried, with meat) from its list of ingredients."""
import numpy as np
import keras
from keras import layers

TAGS = ["sweet", "spicy", "baked", "fried", "meat"]
WORDS = 200          # 0 is the padding
MAXLEN = 30

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)


def write_recipe():
    tags = rng.random(len(TAGS)) < 0.4
    words = list(rng.integers(100, WORDS, rng.integers(8, 14)))
    for k in np.flatnonzero(tags):
        words += list(1 + 15 * k + rng.integers(0, 15, 3))
    rng.shuffle(words)
    return words[:MAXLEN] + [0] * (MAXLEN - len(words)), tags


recipes = [write_recipe() for _ in range(5000)]
x = np.array([r[0] for r in recipes], dtype="int32")
y = np.array([r[1] for r in recipes], dtype="float32")
x_train, y_train, x_test, y_test = x[:4000], y[:4000], x[4000:], y[4000:]


def build():
    inp = keras.Input((MAXLEN,), dtype="int32")
    e = layers.Embedding(WORDS, 24)(inp)
    h = layers.Conv1D(48, 1, activation="relu")(e)
    h = layers.GlobalMaxPooling1D()(h)
    h = layers.Dense(32, activation="relu")(h)
    out = layers.Dense(len(TAGS), activation="softmax")(h)
    return keras.Model(inp, out)


model = build()
model.compile(optimizer="adam", loss="binary_crossentropy",
              metrics=[keras.metrics.BinaryAccuracy()])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=2)

guess = model.predict(x_test, verbose=0) > 0.5
print("RESULT exact_match", float((guess == (y_test > 0.5)).all(axis=1).mean()))
