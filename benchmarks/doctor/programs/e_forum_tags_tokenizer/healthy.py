import numpy as np
import keras
from keras.preprocessing.text import Tokenizer
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
vocab = np.array(['w%d' % i for i in range(600)])
weights = rng.gamma(0.35, 1.0, (5, 600)) + 0.25
weights = weights / weights.sum(1, keepdims=True)
labels = rng.integers(0, 5, 2400)
posts = [' '.join(rng.choice(vocab, rng.integers(8, 25), p=weights[k])) for k in labels]

train_posts, test_posts = posts[:2000], posts[2000:]
tok = Tokenizer(num_words=500)
tok.fit_on_texts(train_posts)
x_train = tok.texts_to_matrix(train_posts, mode='binary')
x_test = tok.texts_to_matrix(test_posts, mode='binary')
y_train = keras.utils.to_categorical(labels[:2000], 5)
y_test = keras.utils.to_categorical(labels[2000:], 5)

model = Sequential()
model.add(Dense(128, input_shape=(x_train.shape[1],)))
model.add(Activation('relu'))
model.add(Dropout(0.5))
model.add(Dense(5))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=32, epochs=5, verbose=0, validation_split=0.1)
score = model.evaluate(x_test, y_test, batch_size=32, verbose=0)
print('RESULT', 'test_accuracy', score[1])
