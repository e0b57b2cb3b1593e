from __future__ import print_function
import numpy as np
import keras
from keras.preprocessing import sequence
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation
from keras.layers import Embedding
from keras.layers import Conv1D, GlobalMaxPooling1D

keras.utils.set_random_seed(1)
max_features, maxlen = 300, 40
batch_size, embedding_dims, filters, kernel_size, hidden_dims, epochs = 32, 20, 32, 3, 32, 8

rng = np.random.RandomState(1)
NOT, LIKED, POOR = 3, list(range(4, 16)), list(range(16, 28))
x, y = [], []
for _ in range(3200):
    n = rng.randint(15, 60)
    words = rng.randint(28, max_features, n)
    label = rng.randint(2)
    for _ in range(3):
        at = rng.randint(0, n - 2)
        flip = rng.rand() < 0.5
        words[at:at + 2] = [NOT if flip else rng.randint(28, max_features), rng.choice(LIKED if (label == 1) != flip else POOR)]
    x.append(words.tolist())
    y.append(label)
y = np.array(y)
x = sequence.pad_sequences(x, maxlen=maxlen, truncating='pre')
x_train, x_test, y_train, y_test = x[:2600], x[2600:], y[:2600], y[2600:]

model = Sequential()
model.add(Embedding(max_features, embedding_dims, input_length=maxlen))
model.add(Dropout(0.2))
model.add(Conv1D(filters, kernel_size, padding='valid', activation='relu', strides=1))
model.add(GlobalMaxPooling1D())
model.add(Dense(hidden_dims))
model.add(Dropout(0.2))
model.add(Activation('relu'))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
stop = keras.callbacks.EarlyStopping(monitor='val_loss', patience=2, restore_best_weights=True)
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs + 4, validation_split=0.1, callbacks=[stop], verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, batch_size=batch_size, verbose=0)[1])
