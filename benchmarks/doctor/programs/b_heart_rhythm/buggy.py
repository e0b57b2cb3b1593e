import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(34)
rng = np.random.default_rng(34)
kind = rng.integers(0, 3, 1000)
beat = np.zeros((1000, 60))
for row, k in zip(beat, kind):
    start, gap = rng.integers(2, 12), (12, 16, 12)[k]
    for i, at in enumerate(range(start, 60, gap)):
        row[at] = rng.choice([-1, 1]) * (2.0 if k < 2 or i % 2 else 0.7)
beat = (beat + 0.15 * rng.normal(size=beat.shape))[..., None]

model = keras.Sequential([
    keras.Input((60, 1)),
    layers.Conv1D(24, 7, padding="same"),
    layers.Conv1D(24, 5, padding="same"),
    layers.Flatten(),
    layers.Dense(32),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(5e-5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(beat[:700], kind[:700], epochs=12, batch_size=25, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(beat[700:], kind[700:], verbose=0)[1])
