import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Embedding, GlobalAveragePooling1D, Dense, Dropout
from keras.utils import pad_sequences

keras.utils.set_random_seed(207)
rng = np.random.default_rng(207)
vocab, topics = 600, 5
pull = rng.dirichlet(np.full(vocab, 0.08), topics)
mixed = 0.45 * pull + 0.55 * rng.dirichlet(np.full(vocab, 0.5))
topic = rng.integers(0, topics, 3000)
texts = [1 + rng.choice(vocab, rng.integers(8, 30), p=mixed[k] / mixed[k].sum()) for k in topic]
X = pad_sequences(texts, maxlen=30)
X_train, X_test, y_train, y_test = X[:2400], X[2400:], topic[:2400], topic[2400:]

model = Sequential()
model.add(Embedding(vocab + 1, 32))
model.add(GlobalAveragePooling1D())
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(topics, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=256, epochs=5, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
