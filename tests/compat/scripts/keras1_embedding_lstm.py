"""Keras 1's text model: Embedding(dropout=, input_length=), LSTM(output_dim=, dropout_W=)."""

import numpy as np
from keras.layers import LSTM, Dense
from keras.layers.embeddings import Embedding
from keras.models import Sequential
from keras.preprocessing import sequence

X = [[1, 2, 3], [4, 5], [6, 7, 8, 9, 1], [2]] * 4
X_train = sequence.pad_sequences(X, maxlen=5)
assert X_train.shape == (16, 5) and X_train[1].tolist() == [0, 0, 0, 4, 5]
y_train = np.array([0, 1, 0, 1] * 4)
model = Sequential()
model.add(Embedding(10, 6, input_length=5, dropout=0.2))
model.add(LSTM(output_dim=4, dropout_W=0.1, dropout_U=0.0, inner_activation="sigmoid"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
assert model.output_shape == (None, 1)
model.fit(X_train, y_train, batch_size=8, nb_epoch=1, verbose=0)
assert model.predict_proba(X_train).shape == (16, 1)
