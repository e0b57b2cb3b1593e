"""Shape recogniser. First version knew squares and circles; now also crosses and triangles."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
NAMES = ["square", "circle", "cross", "triangle"]
yy, xx = np.mgrid[0:20, 0:20]


def draw(kind):
    cy, cx = rng.uniform(7, 13, 2)
    r = rng.uniform(4, 6.5)
    dy, dx = yy - cy, xx - cx
    if kind == 0:
        mask = np.maximum(abs(dy), abs(dx)) < r * 0.9
    elif kind == 1:
        mask = dy ** 2 + dx ** 2 < r ** 2
    elif kind == 2:
        mask = ((abs(dy) < 1.3) | (abs(dx) < 1.3)) & (np.maximum(abs(dy), abs(dx)) < r)
    else:
        mask = (dy < r) & (dy > -r) & (abs(dx) < (dy + r) / 2)
    return mask * rng.uniform(0.6, 1.0) + rng.normal(0, 0.08, (20, 20))


labels = rng.integers(0, len(NAMES), 2500)
images = np.array([draw(k) for k in labels], "float32")[..., None]

model = keras.Sequential([
    keras.Input((20, 20, 1)),
    layers.Conv2D(12, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(24, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(4, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images[:2000], labels[:2000], epochs=10, batch_size=32, validation_split=0.15, verbose=0)

guess = model.predict(images[2000:], verbose=0).argmax(1)
for k, name in enumerate(NAMES):
    print(name, (guess[labels[2000:] == k] == k).mean())
print("RESULT", "test_accuracy", float((guess == labels[2000:]).mean()))
