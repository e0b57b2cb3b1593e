import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, Bidirectional, LSTM, TimeDistributed, Dense, InputLayer
from tensorflow.keras.preprocessing.sequence import pad_sequences

tf.keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
DET, NOUN, VERB, ADJ = range(1, 5)
lex = {DET: np.arange(1, 5), NOUN: np.arange(5, 45), VERB: np.arange(35, 75), ADJ: np.arange(75, 110)}
after = {0: [DET], DET: [NOUN, ADJ], ADJ: [NOUN, ADJ], NOUN: [VERB], VERB: [DET, ADJ]}
sents, tagged = [], []
for _ in range(1100):
    tag, words, tags = 0, [], []
    for _ in range(rng.integers(5, 15)):
        tag = rng.choice(after[tag])
        words.append(rng.choice(lex[tag]))
        tags.append(tag)
    sents.append(words)
    tagged.append(tags)

MAX_LENGTH = 14
X = pad_sequences(sents, maxlen=MAX_LENGTH, padding='post')
Y = pad_sequences(tagged, maxlen=MAX_LENGTH, padding='post')
model = Sequential()
model.add(InputLayer(input_shape=(MAX_LENGTH,)))
model.add(Embedding(110, 16, mask_zero=True))
model.add(Bidirectional(LSTM(24, return_sequences=True)))
model.add(TimeDistributed(Dense(5, activation='softmax')))
model.compile(loss='sparse_categorical_crossentropy', optimizer=tf.keras.optimizers.Adam(0.005), metrics=['accuracy'])
model.fit(X[:850], Y[:850], batch_size=32, epochs=8, validation_split=0.15, verbose=0)
guess = model.predict(X[850:], verbose=0).argmax(-1)
real = X[850:] > 0
print('RESULT', 'word_accuracy', float((guess == Y[850:])[real].mean()))
