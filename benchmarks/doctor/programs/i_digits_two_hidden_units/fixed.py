import numpy as np
import keras
from sklearn.datasets import load_digits

HIDDEN = 64
EPOCHS = 30

keras.utils.set_random_seed(11)
data, target = load_digits(return_X_y=True)
order = np.random.default_rng(11).permutation(len(data))
data, target = data[order] / 16.0, keras.utils.to_categorical(target[order], 10)

net = keras.Sequential()
net.add(keras.Input((64,)))
net.add(keras.layers.Dense(HIDDEN, activation="relu"))
net.add(keras.layers.Dense(10, activation="softmax"))
net.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.003), metrics=["accuracy"])
net.fit(data[:1300], target[:1300], epochs=EPOCHS, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(data[1300:], target[1300:], verbose=0)[1])
