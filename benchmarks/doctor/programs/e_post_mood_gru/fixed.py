import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, GRU
from keras.layers.embeddings import Embedding
from keras.optimizers import Adam
from keras.preprocessing.sequence import pad_sequences
from keras.utils.np_utils import to_categorical

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)
max_words, maxlen = 250, 30
mood = rng.integers(0, 3, 2400)
texts = []
for m in mood:
    s = rng.integers(60, max_words, rng.integers(8, 28))
    hits = rng.random(len(s)) < 0.25
    s[hits] = rng.integers(1 + 20 * m, 21 + 20 * m, hits.sum())
    texts.append(s.tolist())
data = pad_sequences(texts, maxlen=maxlen)
labels = to_categorical(mood)

model = Sequential()
model.add(Embedding(max_words, 32, input_length=maxlen))
model.add(GRU(32, return_sequences=True))
model.add(GRU(32))
model.add(Dense(16, activation='relu'))
model.add(Dense(3, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=Adam(lr=0.002), metrics=['accuracy'])
model.fit(data[:1800], labels[:1800], batch_size=32, epochs=7, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(data[1800:], labels[1800:], verbose=0)[1])
