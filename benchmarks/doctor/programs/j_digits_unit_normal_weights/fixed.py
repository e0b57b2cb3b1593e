"""Digits with a five-layer perceptron, the weights drawn as in the lecture."""
import keras
import numpy as np
from sklearn.datasets import load_digits

keras.utils.set_random_seed(7)


def hidden(units):
    # weights scaled with the layer's width
    return keras.layers.Dense(
        units,
        activation="tanh",
        kernel_initializer=keras.initializers.GlorotUniform(),
    )


digits = load_digits()
order = np.random.default_rng(0).permutation(len(digits.target))
X = digits.data[order] / 8.0 - 1.0
Y = keras.utils.to_categorical(digits.target[order], 10)
n_train = 1300

net = keras.Sequential()
net.add(keras.Input((64,)))
for _ in range(5):
    net.add(hidden(100))
net.add(keras.layers.Dense(10, activation="softmax"))
net.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
net.fit(X[:n_train], Y[:n_train], batch_size=32, epochs=20, verbose=0)
score = net.evaluate(X[n_train:], Y[n_train:], verbose=0)
print("RESULT", "accuracy", float(score[1]))
