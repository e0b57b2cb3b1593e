"""State of a roller bearing (1 good, 2 inner ring, 3 outer ring, 4 ball) from vibration figures."""
import numpy as np
import keras
from keras.layers import Dense, Input
from keras.models import Sequential

np.random.seed(5)
keras.utils.set_random_seed(5)

# one row per record: rms, peak, kurtosis, crest factor, energy at three frequencies, then the state
centre = np.array([[0.6, 2.1, 3.0, 3.5, 12, 15, 11],
                   [1.4, 6.5, 6.0, 4.6, 55, 20, 14],
                   [1.3, 6.0, 5.2, 4.6, 18, 62, 15],
                   [1.1, 5.0, 4.4, 4.4, 20, 24, 48]])
noise = np.array([0.2, 0.9, 0.8, 0.4, 9, 9, 8])
state = np.random.randint(1, 5, size=2400)
table = np.column_stack([centre[state - 1] + noise * np.random.randn(2400, 7), state])

def minmax(t):
    return (t - t.min(axis=0)) / (t.max(axis=0) - t.min(axis=0))

data = minmax(table)
X, y = data[:, :-1], data[:, -1]
X_train, X_test, y_train, y_test = X[:1900], X[1900:], y[:1900], y[1900:]

model = Sequential()
model.add(Input((7,)))
model.add(Dense(32, activation="relu"))
model.add(Dense(16, activation="relu"))
model.add(Dense(4, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.003), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=30, batch_size=32, validation_split=0.1, verbose=0)

predicted = model.predict(X_test, verbose=0).argmax(axis=1) + 1
print("records per predicted state:", np.bincount(predicted, minlength=5)[1:])
print("RESULT accuracy", float((predicted == state[1900:]).mean()))
