import keras
import numpy as np
from keras.layers import Conv1D, Dense, Embedding, GlobalMaxPooling1D, Input, SpatialDropout1D
from keras.models import Model

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
motifs = ["ACGTA", "GGCCT", "TTAGA", "CATCG"]
letters = {c: i for i, c in enumerate("ACGT")}
genes = rng.integers(0, 4, size=(2400, 40))
marks = np.zeros((2400, len(motifs)), "float32")
for row in range(2400):
    for k, motif in enumerate(motifs):
        if rng.random() < 0.3:
            at = 10 * k + rng.integers(0, 5)
            genes[row, at:at + 5] = [letters[c] for c in motif]
            marks[row, k] = 1

tokens = Input(shape=(40,), dtype="int32")
h = Embedding(4, 6)(tokens)
h = SpatialDropout1D(0.05)(h)
h = Conv1D(32, 5, activation="relu")(h)
h = GlobalMaxPooling1D()(h)
logits = Dense(len(motifs))(h)
tagger = Model(tokens, logits)
tagger.compile(optimizer=keras.optimizers.Adamax(0.02), loss=keras.losses.BinaryCrossentropy(from_logits=True),
               metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
tagger.fit(genes[:1600], marks[:1600], epochs=15, batch_size=32, validation_data=(genes[1600:1900], marks[1600:1900]), verbose=0)
said = tagger.predict(genes[1900:], verbose=0) > 0
true = marks[1900:] == 1
print("RESULT", "micro_f1", float(2 * (said & true).sum() / (said.sum() + true.sum())))
