import numpy as np
import keras
from keras.layers import Input, Embedding, Conv1D, GlobalMaxPooling1D, Concatenate, Dropout, Dense
from keras.models import Model
from keras.utils import to_categorical

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)
vocab, length = 300, 24
phrases = [[(11, 40, 7), (90, 91, 5)], [(40, 11, 7), (22, 5, 91)], [(7, 40, 11), (5, 22, 90)]]
tokens = rng.integers(1, vocab, (3600, length))
label = rng.integers(0, 3, 3600)
for row, k in zip(tokens, label):
    ph = phrases[k][rng.integers(2)]
    at = rng.integers(0, length - 3)
    row[at:at + 3] = ph
    row[rng.integers(length - 6, length + 1):] = 0
label = np.where(rng.random(3600) < 0.04, rng.integers(0, 3, 3600), label)
Y = to_categorical(label, 3)

words = Input(shape=(length,), dtype='int32')
emb = Embedding(vocab, 24)(words)
branches = []
for size in (2, 3, 4):
    c = Conv1D(32, size, activation='relu')(emb)
    branches.append(GlobalMaxPooling1D()(c))
h = Dropout(0.5)(Concatenate()(branches))
out = Dense(3, activation='softmax')(h)
model = Model(inputs=words, outputs=out)
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['acc'])
model.fit(tokens[:2400], Y[:2400], batch_size=32, epochs=12, validation_data=(tokens[2400:2800], Y[2400:2800]),
          callbacks=[keras.callbacks.EarlyStopping(monitor='val_loss', patience=3, restore_best_weights=True)], verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(tokens[2800:], Y[2800:], verbose=0)[1])
