import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(29)
gen = np.random.default_rng(29)
endings = ["ing", "ness", "ly", "tion"]
alphabet = "abcdefghijklmnopqrstuvwxyz"
group = gen.integers(0, 4, 1200)
words = ["".join(gen.choice(list(alphabet), gen.integers(4, 8))) + endings[g] for g in group]
coded = np.array([[0] * (12 - len(w)) + [alphabet.index(c) + 1 for c in w] for w in words])

letters_in = layers.Input(shape=(12,), dtype="int32")
h = layers.Embedding(27, 10)(letters_in)
h = layers.Conv1D(24, 3, activation="relu")(h)
h = layers.Flatten()(h)
h = layers.Dense(24, activation="relu")(h)
probs = layers.Dense(4, activation="softmax")(h)
model = keras.Model(letters_in, probs)
sgd = keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True)
model.compile(optimizer=sgd, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(coded[:800], group[:800], epochs=15, batch_size=25, validation_split=0.1, verbose=0)
_, acc = model.evaluate(coded[800:], group[800:], verbose=0)
print("RESULT", "test_accuracy", acc)
