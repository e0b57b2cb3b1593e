from keras.models import Sequential
from keras.layers import LSTM, RepeatVector, TimeDistributed, Dense
from keras.optimizers import Adam
from keras.utils import to_categorical, set_random_seed
import numpy as np

set_random_seed(64)
rng = np.random.default_rng(64)
n_features, length = 8, 4
seqs = rng.permutation(np.array(list(np.ndindex(*[n_features] * length))))
X = to_categorical(seqs, n_features)
Y = to_categorical(seqs[:, ::-1], n_features)

encoder_decoder = Sequential()
encoder_decoder.add(LSTM(64, input_shape=(length, n_features)))
encoder_decoder.add(RepeatVector(length))
encoder_decoder.add(LSTM(64, return_sequences=True))
encoder_decoder.add(TimeDistributed(Dense(n_features, activation='softmax')))
encoder_decoder.compile(loss='categorical_crossentropy', optimizer=Adam(lr=0.01), metrics=['acc'])
cut = 3300
encoder_decoder.fit(X[:cut], Y[:cut], epochs=12, batch_size=64, validation_split=0.1, verbose=0)
out = encoder_decoder.predict(X[cut:], verbose=0).argmax(-1)
print('RESULT', 'element_accuracy', float((out == seqs[cut:][:, ::-1]).mean()))
