import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Embedding, GRU, RepeatVector, TimeDistributed, Dense

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
symbols, length = 8, 5
source = rng.integers(0, symbols, (5000, length))
target = np.flip(np.sort(source, axis=1), axis=1)

model = Sequential()
model.add(keras.Input(shape=(length,)))
model.add(Embedding(symbols, 12))
model.add(GRU(64))
model.add(RepeatVector(length))
model.add(GRU(64, return_sequences=True))
model.add(TimeDistributed(Dense(symbols, activation='softmax')))
model.compile(loss='sparse_categorical_crossentropy', optimizer=keras.optimizers.Adam(0.004), metrics=['accuracy'])
model.fit(source[:4000], target[:4000], epochs=9, batch_size=64, validation_split=0.1, verbose=0)
p = model.predict(source[4000:], verbose=0).argmax(-1)
print('RESULT', 'symbol_accuracy', float((p == target[4000:]).mean()))
