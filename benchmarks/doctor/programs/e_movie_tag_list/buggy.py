import numpy as np
import tensorflow as tf
from tensorflow import keras
from sklearn.metrics import f1_score

tf.random.set_seed(17)
rng = np.random.RandomState(17)
n, n_words, n_tags = 1600, 120, 6
words = (rng.rand(n, n_words) < 0.12).astype('float32')
cues = rng.rand(n_tags, n_words) < 0.12
hits = words @ cues.T.astype('float32')
tags = (hits + 0.3 * rng.randn(n, n_tags) > 1.5).astype('float32')

x_train, y_train = words[:1200], tags[:1200]
x_test, y_test = words[1200:], tags[1200:]

inp = keras.layers.Input(shape=(n_words,))
h = keras.layers.Dense(64, activation='relu')(inp)
h = keras.layers.Dropout(0.2)(h)
out = keras.layers.Dense(n_tags, activation='softmax')(h)
model = keras.models.Model(inp, out)
model.compile(optimizer='adam', loss='categorical_crossentropy')
model.fit(x_train, y_train, epochs=20, batch_size=32, verbose=0)
pred = (model.predict(x_test, verbose=0) > 0.5).astype(int)
print('RESULT', 'micro_f1', f1_score(y_test, pred, average='micro'))
