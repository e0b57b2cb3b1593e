import numpy as np
import keras
from keras.layers import Dense, Input, LayerNormalization
from keras.models import Sequential

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)
n = 2400
species = rng.integers(0, 6, n)
grade = species
proto = rng.normal(0, 1.1, (6, 7))
X = proto[species] * rng.uniform(0.6, 1.4, (n, 1)) + rng.normal(0, 0.8, (n, 7))
tr, te = np.arange(0, 1800), np.arange(1800, n)
X = (X - X[tr].mean(axis=0)) / X[tr].std(axis=0)
target = grade

model = Sequential()
model.add(Input(shape=(7,)))
model.add(Dense(32, activation="relu"))
model.add(LayerNormalization())
model.add(Dense(16, activation="relu"))
model.add(Dense(6, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(X[tr], target[tr], epochs=30, batch_size=32, validation_split=0.15, verbose=0)
guess = model.predict(X[te], verbose=0).argmax(axis=1)
print("RESULT error_rate", np.mean(guess != grade[te]))
