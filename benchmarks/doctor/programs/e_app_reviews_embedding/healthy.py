import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Embedding, GlobalAveragePooling1D, Dense
from keras.preprocessing.sequence import pad_sequences

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
vocab_size, maxlen = 800, 40
mood = rng.choice([-1, 0, 1], vocab_size, p=[0.1, 0.8, 0.1])
reviews, stars = [], []
for i in range(3000):
    words = rng.integers(1, vocab_size, rng.integers(10, maxlen))
    reviews.append(list(words))
    stars.append(int(mood[words].sum() - mood.mean() * len(words) + rng.normal(0, 0.4) > 0))
padded = pad_sequences(reviews, maxlen=maxlen, padding='post')
stars = np.array(stars)

model = Sequential()
model.add(Embedding(vocab_size, 16, mask_zero=True, input_length=maxlen))
model.add(GlobalAveragePooling1D())
model.add(Dense(16, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['acc'])
model.fit(padded[:2400], stars[:2400], epochs=12, batch_size=32, validation_split=0.2, verbose=0)
loss, accuracy = model.evaluate(padded[2400:], stars[2400:], verbose=0)
print('RESULT', 'test_accuracy', accuracy)
