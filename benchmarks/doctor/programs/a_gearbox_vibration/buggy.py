import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)
states = np.array(["healthy", "worn", "cracked", "loose"])
codes = rng.integers(0, 4, 1200)
time = np.linspace(0, 1, 64)
tone = np.array([4, 7, 11, 15])[codes][:, None]
phase = rng.uniform(0, 2 * np.pi, (1200, 1))
signals = np.sin(2 * np.pi * tone * time + phase) + 0.8 * rng.normal(size=(1200, 64))
signals = signals[..., np.newaxis].astype("float32")

model = keras.Sequential([
    keras.Input((64, 1)),
    layers.Conv1D(16, 7, activation="relu"),
    layers.MaxPooling1D(2),
    layers.Conv1D(24, 5, activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(len(states)),
])
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
model.fit(signals[:900], codes[:900], epochs=12, batch_size=32, verbose=0)
scores = model.predict(signals[900:], verbose=0)
print("RESULT", "test_accuracy", float((scores.argmax(axis=1) == codes[900:]).mean()))
