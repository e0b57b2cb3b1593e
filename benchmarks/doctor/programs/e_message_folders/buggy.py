import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Embedding, Flatten, Dense, Dropout
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
words = np.array(['t%03d' % i for i in range(300)])
prob = rng.gamma(0.3, 1.0, (6, 300)) + 0.3
prob /= prob.sum(1, keepdims=True)
folder = rng.integers(0, 6, 2000)
texts = [' '.join(rng.choice(words, 20, p=prob[k])) for k in folder]

t = Tokenizer()
t.fit_on_texts(texts[:1600])
data = pad_sequences(t.texts_to_sequences(texts), maxlen=20)
Y = keras.utils.to_categorical(folder, 6)

model = Sequential()
model.add(Embedding(len(t.word_index) + 1, 16, input_length=20))
model.add(keras.layers.GlobalAveragePooling1D())
model.add(Dropout(0.8))
model.add(Dense(16, activation='relu'))
model.add(Dropout(0.8))
model.add(Dense(16, activation='relu'))
model.add(Dropout(0.8))
model.add(Dense(6, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(lr=0.005), metrics=['accuracy'])
model.fit(data[:1600], Y[:1600], epochs=20, batch_size=32, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(data[1600:], Y[1600:], verbose=0)[1])
