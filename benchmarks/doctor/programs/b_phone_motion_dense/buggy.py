import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.optimizers import Adam
from keras.utils import to_categorical, set_random_seed

set_random_seed(58)
rng = np.random.default_rng(58)
n_class = 6
centres = rng.normal(0, 1, (n_class, 3, 30)) * 0.55
act = rng.integers(0, n_class, 2600)
pose = rng.integers(0, 3, 2600)
feats = (centres[act, pose] + rng.normal(0, 0.7, (2600, 30))).astype("float32")
labels = to_categorical(act, n_class)

net = Sequential()
net.add(Dense(32, activation="relu", input_dim=30))
net.add(Dropout(0.65))
net.add(Dense(32, activation="relu"))
net.add(Dropout(0.65))
net.add(Dense(24, activation="relu"))
net.add(Dropout(0.65))
net.add(Dense(n_class, activation="softmax"))
net.compile(loss="categorical_crossentropy", optimizer=Adam(learning_rate=0.002), metrics=["accuracy"])
net.fit(feats[:2000], labels[:2000], batch_size=32, epochs=20, validation_split=0.1, verbose=0)
score = net.evaluate(feats[2000:], labels[2000:], verbose=0)
print("RESULT", "test_accuracy", score[1])
