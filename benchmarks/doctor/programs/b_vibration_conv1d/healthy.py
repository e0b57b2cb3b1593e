import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(240)
rng = np.random.default_rng(240)
time = np.linspace(0, 1, 64, endpoint=False)
kind = rng.integers(0, 4, 1200)
base = np.array([5, 7, 9, 11])[kind] + rng.normal(0, 0.3, 1200)
phase = rng.uniform(0, 2 * np.pi, 1200)
wave = np.sin(2 * np.pi * base[:, None] * time + phase[:, None])
signal = (wave + 0.8 * rng.normal(size=wave.shape))[..., None].astype("float32")

model = keras.Sequential([
    keras.Input((64, 1)),
    layers.Conv1D(16, 7, padding="causal", activation="relu"),
    layers.Conv1D(16, 5, padding="causal", dilation_rate=2, activation="relu"),
    layers.Conv1D(24, 5, padding="causal", dilation_rate=4, activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(4, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(signal[:800], kind[:800], validation_data=(signal[800:950], kind[800:950]), epochs=15,
          batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(signal[950:], kind[950:], verbose=0)[1])
