import numpy as np
import keras
from keras import layers
from sklearn.metrics import f1_score

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
patients = 2200
lab = rng.normal(size=(patients, 10))
mix = rng.normal(size=(10, 6))
drive = np.tanh(lab @ mix * 0.8) + 0.7 * np.abs(lab[:, :6]) - 0.5
answers = np.where(drive + rng.normal(0, 0.25, (patients, 6)) > 0, 2, 1)
tags = (answers / answers.max()).astype("float32")

train, test = slice(0, 1700), slice(1700, None)
model = keras.Sequential(name="symptoms")
model.add(keras.Input(shape=(10,)))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(6, activation="sigmoid"))
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(lab[train], tags[train], epochs=50, batch_size=32, validation_split=0.2, verbose=0)
said = model.predict(lab[test], verbose=0) > 0.5
print("RESULT macro_f1", f1_score(answers[test] == 2, said, average="macro"))
