# Tag suggestions: a question (token ids) can carry several of six tags, or none at all
import numpy as np
from keras import Model, Input, layers, utils

VOCAB, LEN, TAGS = 240, 24, 6
utils.set_random_seed(21)
rng = np.random.default_rng(21)


def make_questions(n):
    tags = (rng.random((n, TAGS)) < 0.35).astype("float32")
    tokens = rng.integers(60, VOCAB, size=(n, LEN))          # 0..59 are tag words, ten per tag
    for i in range(n):
        where = list(rng.permutation(LEN))
        for t in np.flatnonzero(tags[i]):
            for _ in range(rng.integers(1, 4)):
                tokens[i, where.pop()] = 10 * t + rng.integers(0, 10)
    return tokens, tags


x_train, y_train = make_questions(2500)
x_test, y_test = make_questions(600)

words = Input((LEN,), dtype="int32")
h = layers.Embedding(VOCAB, 16)(words)
h = layers.Conv1D(32, 3, padding="same", activation="relu")(h)
h = layers.GlobalMaxPooling1D()(h)
h = layers.Dense(32, activation="relu")(h)
out = layers.Dense(TAGS, activation="softmax")(h)

tagger = Model(words, out)
tagger.compile("adam", "binary_crossentropy")
tagger.fit(x_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)

said = tagger.predict(x_test, verbose=0) > 0.5
hit = (said & (y_test > 0)).sum()
print("RESULT", "micro_f1", float(2 * hit / (said.sum() + y_test.sum())))
