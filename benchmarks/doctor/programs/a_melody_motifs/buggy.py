import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)
notes, bars = 30, 20
motifs = rng.permutation(notes)[:8].reshape(4, 2)
has = (rng.random((1400, 4)) < 0.4).astype("float32")
tunes = rng.integers(0, notes, (1400, bars))
tunes[np.isin(tunes, motifs)] = np.setdiff1d(np.arange(notes), motifs)[0]
for tune, h in zip(tunes, has):
    starts = 2 * rng.permutation(bars // 2)[:4]
    for k in np.flatnonzero(h):
        tune[starts[k]:starts[k] + 2] = motifs[k]

tune_in = keras.Input((bars,), dtype="int32")
d = layers.Embedding(notes, 16)(tune_in)
d = layers.GlobalMaxPooling1D()(d)
d = layers.Dense(48, activation="relu", kernel_initializer="ones")(d)
d = layers.Dense(24, activation="relu", kernel_initializer="ones")(d)
found = layers.Dense(4, activation="sigmoid")(d)
model = keras.Model(tune_in, found)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy")
model.fit(tunes[:1000], has[:1000], epochs=15, batch_size=40, validation_split=0.1, verbose=0)
right = (model.predict(tunes[1000:], verbose=0) > 0.5) == has[1000:]
print("RESULT", "exact_match", float(right.all(axis=1).mean()))
