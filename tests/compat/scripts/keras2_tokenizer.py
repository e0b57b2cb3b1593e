"""Tokenizer, pad_sequences and an embedding with given weights."""

import numpy as np
from keras.layers import Dense, Embedding, Flatten
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer

texts = ["the cat sat", "the dog ran", "the cat ran", "a dog sat"]
labels = np.array([0, 1, 0, 1])
tokenizer = Tokenizer(num_words=20)
tokenizer.fit_on_texts(texts)
data = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=4)
word_index = tokenizer.word_index
assert word_index["the"] == 1 and data.shape == (4, 4)
embedding_matrix = np.random.rand(len(word_index) + 1, 3).astype("float32")
model = Sequential()
model.add(
    Embedding(len(word_index) + 1, 3, weights=[embedding_matrix], input_length=4, trainable=False)
)
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
model.fit(data, labels, epochs=1, verbose=0)
np.testing.assert_array_equal(model.layers[0].get_weights()[0], embedding_matrix)
assert len(model.trainable_weights) == 2
