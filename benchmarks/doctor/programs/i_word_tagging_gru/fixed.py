# Part-of-speech like tagging: every token of a sentence gets one of five tags
import numpy as np
import keras
from keras import layers

VOCAB, LEN, TAGS = 60, 12, 5
keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

lexicon = rng.integers(0, TAGS, VOCAB)          # usual tag of a word
unsure = rng.random(VOCAB) < 0.3                # these take their tag from the word before
sentences = rng.integers(0, VOCAB, (2400, LEN))
tags = lexicon[sentences]
for i in range(1, LEN):
    tags[:, i] = np.where(unsure[sentences[:, i]], (tags[:, i - 1] + 1) % TAGS, tags[:, i])


class Tagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(VOCAB, 24)
        self.rnn = layers.Bidirectional(layers.GRU(32, return_sequences=True))
        self.head = layers.Dense(TAGS)

    def call(self, tokens):
        return self.head(self.rnn(self.embed(tokens)))


model = Tagger()
model.compile(optimizer=keras.optimizers.Adam(0.005),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
model.fit(sentences[:1900], tags[:1900], validation_split=0.1, epochs=15, batch_size=32, verbose=2)
loss, acc = model.evaluate(sentences[1900:], tags[1900:], verbose=0)
print("RESULT", "tag_accuracy", acc, "loss", loss)
