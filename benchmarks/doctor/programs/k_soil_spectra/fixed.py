"""Kind of soil (5 kinds) from a reflectance spectrum of 40 bands."""
import numpy as np
import keras

DEPTH, WIDTH, ACTIVATION = 7, 48, "relu"
STEPS, BATCH = 900, 32

keras.utils.set_random_seed(17)
rng = np.random.default_rng(170)
band = np.linspace(0, 1, 40)
centres = np.array([[0.2, 0.6], [0.3, 0.7], [0.4, 0.8], [0.25, 0.85], [0.5, 0.9]])
kind = rng.integers(0, 5, 3000)
c = centres[kind] + rng.normal(0, 0.02, (3000, 2))
depth = rng.uniform(0.6, 1.0, (3000, 2))
spectra = 1.0 - sum(depth[:, k, None] * np.exp(-((band - c[:, k, None]) / 0.07) ** 2) for k in (0, 1))
spectra += rng.normal(0, 0.2, spectra.shape)
mean, std = spectra[:2400].mean(0), spectra[:2400].std(0)
spectra = ((spectra - mean) / std).astype("float32")

model = keras.Sequential([keras.Input((40,))])
for _ in range(DEPTH):
    model.add(keras.layers.Dense(WIDTH, activation=ACTIVATION))
model.add(keras.layers.Dense(5, activation="softmax"))
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"])

for step in range(STEPS):
    pick = rng.integers(0, 2400, BATCH)
    out = model.train_on_batch(spectra[pick], kind[pick], return_dict=True)
    if step % 100 == 99:
        print(step + 1, float(out["loss"]), float(out["accuracy"]))

guess = model.predict(spectra[2400:], verbose=0).argmax(1)
print("RESULT accuracy", float((guess == kind[2400:]).mean()))
