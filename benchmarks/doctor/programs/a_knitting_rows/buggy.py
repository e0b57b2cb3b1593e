import keras
import numpy as np
from keras import Sequential
from keras.layers import Conv1D, Dense, Dropout, Embedding, GlobalMaxPooling1D, SpatialDropout1D

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
patterns = [[1, 1, 2, 2], [1, 2, 1, 2], [1, 3, 2, 3], [3, 1, 1, 3], [2, 2, 3, 1]]
pattern = rng.integers(0, 5, 1400)
stitches = np.array([(patterns[p] * 5)[s:s + 14] for p, s in zip(pattern, rng.integers(0, 4, 1600))])
slips = rng.random(stitches.shape) < 0.12
stitches[slips] = rng.integers(1, 5, slips.sum())
s_train, s_test, p_train, p_test = stitches[:1050], stitches[1050:], pattern[:1050], pattern[1050:]

knit = Sequential([
    keras.Input((14,), dtype="int32"),
    Embedding(5, 8),
    SpatialDropout1D(0.5),
    Conv1D(24, 4, activation="relu"),
    GlobalMaxPooling1D(),
    Dropout(0.9),
    Dense(16, activation="relu"),
    Dropout(0.9),
    Dense(5, activation="softmax"),
])
knit.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
knit.fit(s_train, p_train, validation_split=0.1, epochs=12, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", knit.evaluate(s_test, p_test, verbose=0)[1])
