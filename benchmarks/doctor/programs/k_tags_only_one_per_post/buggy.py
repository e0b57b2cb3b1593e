"""Tagging of forum posts, several tags each. My network finds one tag at most. How do I get the others?"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(55)
TAGS = ["python", "numpy", "keras", "plotting", "install", "windows"]
WORDS = 120


def posts(n, seed):
    # each tag has 20 words of its own; a post has 1 to 4 tags and 60 words
    rng = np.random.default_rng(seed)
    tags = np.zeros((n, len(TAGS)), "float32")
    counts = np.zeros((n, WORDS), "float32")
    for i in range(n):
        own = rng.choice(len(TAGS), size=rng.integers(1, 5), replace=False)
        tags[i, own] = 1
        weight = np.full(WORDS, 1.0)
        for t in own:
            weight[20 * t:20 * t + 20] += 2.0
        counts[i] = np.bincount(rng.choice(WORDS, 60, p=weight / weight.sum()), minlength=WORDS)
    return np.log1p(counts), tags


x_train, y_train = posts(4000, 1)
x_test, y_test = posts(1000, 2)

inputs = keras.Input((WORDS,))
x = layers.Dense(48, activation="relu")(inputs)
x = layers.Dropout(0.3)(x)
outputs = layers.Dense(len(TAGS), activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x_train, y_train, validation_split=0.1, batch_size=64, epochs=12, verbose=0)

found = model.predict(x_test, verbose=0) > 0.5
print("tags per post: real", y_test.sum(1).mean(), "found", found.sum(1).mean())
hits = (found & (y_test > 0.5)).sum()
print("RESULT f1", float(2 * hits / (found.sum() + y_test.sum())))
