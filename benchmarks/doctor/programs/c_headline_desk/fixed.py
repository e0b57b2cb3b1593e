import numpy as np
import keras
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.models import Sequential
from keras.layers import Dense, Embedding, Flatten

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)
stems = [["goal", "match", "team"], ["vote", "party", "law"], ["film", "actor", "scene"],
         ["stock", "bank", "price"], ["rain", "storm", "cloud"], ["virus", "nurse", "dose"]]
common = ["the", "a", "of", "in", "on", "says", "new", "after", "over", "why", "how", "big"]
docs, labels = [], []
for _ in range(2400):
    k = rng.integers(0, 6)
    docs.append(" ".join(rng.permutation(list(rng.choice(stems[k], 3)) + list(rng.choice(sum(stems, []), 2)) + list(rng.choice(common, 3)))))
    labels.append(k)
labels = np.array(labels)

max_length = 8
tok = Tokenizer()
tok.fit_on_texts(docs[:1900])
encoded_docs = tok.texts_to_sequences(docs)
padded_docs = pad_sequences(encoded_docs, maxlen=max_length, padding='post')
X_train, X_test, y_train, y_test = padded_docs[:1900], padded_docs[1900:], labels[:1900], labels[1900:]

vocab_size = len(tok.word_index) + 1
model = Sequential()
model.add(Embedding(vocab_size, 8, input_length=max_length))
model.add(Flatten())
model.add(Dense(32, activation='relu'))
model.add(Dense(6, activation='softmax'))
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['acc'])
model.fit(X_train, y_train, epochs=10, verbose=0, validation_split=0.1)
p = model.predict(X_test, verbose=0)
guess = p.argmax(1) if p.shape[1] > 1 else np.rint(p[:, 0])
print('RESULT', 'test_accuracy', float((guess == y_test).mean()))
