import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Embedding, GlobalAveragePooling1D, Dense, Dropout

keras.utils.set_random_seed(80)
rng = np.random.default_rng(80)

# reviews as padded word indices: some words praise, some complain, "not" turns the next one
vocab_size, maxlen = 600, 40
feel = np.zeros(vocab_size)
feel[50:130], feel[130:210] = 1, -1
reviews, labels = np.zeros((3000, maxlen), int), np.zeros(3000)
for i in range(3000):
    n = rng.integers(15, maxlen)
    mood = rng.choice([-1, 1])
    w = np.where(rng.random(n) < 0.25, rng.integers(50, 210, n), rng.integers(210, vocab_size, n))
    flip = (feel[w] == -mood) & (rng.random(n) < 0.6)
    w[flip] = rng.integers(50, 130, flip.sum()) if mood > 0 else rng.integers(130, 210, flip.sum())
    reviews[i, :n] = w
    labels[i] = (mood > 0) != (rng.random() < 0.04)

model = Sequential([
    Embedding(vocab_size, 16),
    GlobalAveragePooling1D(),
    Dense(16, activation='relu'),
    Dropout(0.3),
    Dense(1, activation='sigmoid'),
])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model.fit(reviews[:2000], labels[:2000], validation_data=(reviews[2000:2300], labels[2000:2300]),
          epochs=12, batch_size=32, verbose=0)

results = model.evaluate(reviews[2300:], labels[2300:], verbose=0)
print("RESULT", "test_accuracy", results[1])
