"""A stamp may carry a ring, a cross, both or neither: two independent yes/no answers, given as raw scores."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
yy, xx = np.mgrid[0:24, 0:24]


def stamp(ring, cross):
    img = rng.normal(0, 0.15, (24, 24))
    if ring:
        cy, cx = rng.uniform(6, 18, 2)
        img += abs(np.hypot(yy - cy, xx - cx) - 4) < 0.9
    if cross:
        cy, cx = rng.uniform(6, 18, 2)
        dy, dx = abs(yy - cy), abs(xx - cx)
        img += (np.minimum(dy, dx) < 0.9) & (np.maximum(dy, dx) < 4.5)
    return img


labels = (rng.random((3000, 2)) < [0.5, 0.3]).astype("float32")
images = np.stack([stamp(*row) for row in labels])[..., None].astype("float32")

model = keras.Sequential([
    keras.Input((24, 24, 1)),
    layers.Conv2D(16, 5, activation="relu"),
    layers.Conv2D(24, 3, activation="relu"),
    layers.Conv2D(32, 3, activation="relu"),
    layers.GlobalMaxPooling2D(),
    layers.Dense(32, activation="relu"),
    layers.Dense(2),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
model.fit(images[:2400], labels[:2400], epochs=10, batch_size=32, validation_split=0.1, verbose=0)
scores = model.predict(images[2400:], verbose=0)
print("RESULT", "both_right", float(((scores > 0) == (labels[2400:] > 0.5)).all(1).mean()))
