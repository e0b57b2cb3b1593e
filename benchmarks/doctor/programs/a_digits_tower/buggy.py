import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(6)
digits = load_digits()
mix = np.random.RandomState(6).permutation(len(digits.target))
data, label = digits.data[mix] / 16.0, digits.target[mix]


def build(depth, width):
    net_in = keras.Input((64,))
    h = net_in
    for _ in range(depth):
        h = layers.Dense(width, activation="sigmoid")(h)
    return keras.Model(net_in, layers.Dense(10, activation="softmax")(h))


tower = build(9, 40)
tower.compile("adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
tower.fit(data[:1100], label[:1100], validation_data=(data[1100:1300], label[1100:1300]),
          epochs=20, batch_size=32, verbose=0)
_, score = tower.evaluate(data[1300:], label[1300:], verbose=0)
print("RESULT", "test_accuracy", score)
