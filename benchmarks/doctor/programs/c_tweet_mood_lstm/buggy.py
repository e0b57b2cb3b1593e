import numpy as np
import keras
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.models import Sequential
from keras.layers import Dense, Embedding, LSTM, SpatialDropout1D

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)
good = "love great happy nice fun cool sweet win smile enjoy".split()
bad = "hate awful sad bad bored sick angry lose cry ugly".split()
other = ["word%d" % i for i in range(120)]
texts, polarity = [], []
for _ in range(2200):
    p = rng.choice([-1, 1], p=[0.55, 0.45])
    n = rng.integers(4, 14)
    words = list(rng.choice(other, n)) + list(rng.choice(good if p > 0 else bad, 2)) + list(rng.choice(good + bad, 1))
    rng.shuffle(words)
    texts.append(" ".join(words))
    polarity.append(p)

max_features = 150
tokenizer = Tokenizer(num_words=max_features, split=' ')
tokenizer.fit_on_texts(texts)
X = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=16)
Y = np.array(polarity)
Y = (Y + 1) // 2

embed_dim, lstm_out = 24, 24
model = Sequential()
model.add(Embedding(max_features, embed_dim))
model.add(SpatialDropout1D(0.8))
model.add(LSTM(lstm_out, dropout=0.8))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X[:1700], Y[:1700], epochs=6, batch_size=32, verbose=0, validation_split=0.1)
p = model.predict(X[1700:], verbose=0)[:, 0]
print('RESULT', 'test_brier', float(((p - (np.array(polarity[1700:]) > 0)) ** 2).mean()))
