import numpy as np
import keras
from keras.layers import Embedding, LSTM, Bidirectional, Dense, Dropout
from keras.utils import Sequence

keras.utils.set_random_seed(501)
rng = np.random.default_rng(501)
n, length = 2000, 20
good = rng.integers(0, 2, n)
lines = rng.integers(50, 400, (n, length))
spot = rng.random((n, length)) < 0.2
lines = np.where(spot, rng.integers(1, 25, (n, length)) + 24 * good[:, None], lines)


class LineBatches(Sequence):
    def __init__(self, x, y, batch_size=32):
        super().__init__()
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return int(np.ceil(len(self.x) / self.batch_size))

    def __getitem__(self, i):
        s = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.x[s], self.y[s]


model = keras.Sequential()
model.add(Embedding(400, 16))
model.add(Bidirectional(LSTM(16)))
model.add(Dropout(0.2))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(LineBatches(lines[:1400], good[:1400]), epochs=8,
          validation_data=LineBatches(lines[1400:1600], good[1400:1600]), verbose=0)
p = model.predict(lines[1600:], verbose=0)[:, 0]
print('RESULT', 'test_accuracy', float(np.mean((p > 0.5) == good[1600:])))
