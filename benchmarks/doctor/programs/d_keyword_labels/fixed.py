import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
NTAGS, VOCAB, LEN = 8, 160, 20
tags = (rng.random((2000, NTAGS)) < 0.3).astype("float32")
notes = rng.integers(NTAGS * 4, VOCAB, (2000, LEN))
for row, has in zip(notes, tags):
    spots = rng.permutation(LEN)
    for k, tag in enumerate(np.flatnonzero(has)):
        row[spots[2 * k:2 * k + 2]] = tag * 4 + rng.integers(0, 4, 2)

model = keras.Sequential([
    keras.Input((LEN,)),
    layers.Embedding(VOCAB, 16),
    layers.Conv1D(32, 3, activation="relu"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(32, activation="relu"),
    layers.Dense(NTAGS, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
model.fit(notes[:1600], tags[:1600], epochs=12, batch_size=32, validation_split=0.1, verbose=0)
p, t = model.predict(notes[1600:], verbose=0) > 0.5, tags[1600:] > 0.5
print("RESULT", "test_f1", float(2 * (p & t).sum() / (p.sum() + t.sum())))
