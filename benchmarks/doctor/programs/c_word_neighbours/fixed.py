from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD
from keras.utils import set_random_seed
import numpy as np

class SkipGram:
    def __init__(self, pairs):
        self.pairs = pairs

    def make_model(self, vocab_size=60, vec_dim=16):
        model = Sequential()
        model.add(Dense(vec_dim, input_dim=vocab_size))
        model.add(Dense(vocab_size, activation="softmax"))
        sgd = SGD(lr=0.05, momentum=0.9)
        model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
        return model

    def train(self, model, X, y):
        model.fit(X, y, nb_epoch=25, validation_split=0.1, verbose=0, batch_size=32)

set_random_seed(5)
rng = np.random.default_rng(5)
V = 60
group = np.arange(V) % 6
mates = [np.flatnonzero((group == g)) for g in range(6)]
centre = rng.integers(0, V, 5000)
context = np.array([rng.choice(mates[(group[c] + 1) % 6]) if rng.random() < 0.9 else rng.integers(V) for c in centre])
X = np.eye(V, dtype="float32")[centre]
y = np.eye(V, dtype="float32")[context]
sg = SkipGram(list(zip(centre, context)))
net = sg.make_model(V)
sg.train(net, X[:4200], y[:4200])
guess = net.predict(X[4200:], verbose=0).argmax(1)
print("RESULT", "group_accuracy", float((group[guess] == (group[centre[4200:]] + 1) % 6).mean()))
