import numpy as np
from keras.models import Sequential
from keras.layers import Embedding, GlobalAveragePooling1D, Dense, Dropout
from keras.utils import set_random_seed

set_random_seed(42)
rng = np.random.default_rng(42)

consonants, vowels = 'bdfgklmnprstvz', 'aeiou'
words = sorted({''.join(rng.choice(list(consonants if i % 2 == 0 else vowels)) for i in range(5)) for _ in range(700)})
sections = ['hardware', 'travel', 'cooking', 'music']
themes = {s: rng.choice(words, 40, replace=False) for s in sections}

def post(section):
    n = rng.integers(8, 18)
    return ' '.join(rng.choice(themes[section]) if rng.random() < 0.4 else rng.choice(words) for _ in range(n))

labels = rng.integers(0, 4, 2000)
texts = [post(sections[k]) for k in labels]
train_texts, train_y = texts[:1600], labels[:1600]
test_texts, test_y = texts[1600:], labels[1600:]

def make_index(posts):
    counts = {}
    for p in posts:
        for w in p.split():
            counts[w] = counts.get(w, 0) + 1
    return {w: i + 1 for i, w in enumerate(sorted(counts, key=counts.get, reverse=True))}

def to_sequences(posts, index, maxlen=18):
    out = np.zeros((len(posts), maxlen), 'int32')
    for r, p in enumerate(posts):
        ids = [index[w] for w in p.split() if w in index][:maxlen]
        out[r, maxlen - len(ids):] = ids
    return out

index = make_index(train_texts)
X_train = to_sequences(train_texts, index)
index = make_index(test_texts)
X_test = to_sequences(test_texts, index)

model = Sequential()
model.add(Embedding(len(words) + 1, 32))
model.add(GlobalAveragePooling1D())
model.add(Dropout(0.2))
model.add(Dense(32, activation='relu'))
model.add(Dense(4, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, train_y, epochs=12, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, test_y, verbose=0)[1])
