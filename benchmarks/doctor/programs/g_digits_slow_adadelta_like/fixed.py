import numpy as np
import keras
from keras import layers, optimizers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(15)
d = load_digits()
x = (d.images / 16.0)[..., np.newaxis]
y = keras.utils.to_categorical(d.target)
p = np.random.RandomState(2).permutation(len(x))
x, y = x[p], y[p]
cnn = keras.Sequential([keras.Input(x.shape[1:]),
    layers.Conv2D(16, 3, activation="relu"), layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])
opt = optimizers.SGD(learning_rate=0.03, momentum=0.9, nesterov=True)
cnn.compile(opt, "categorical_crossentropy", metrics=["accuracy"])
cnn.fit(x[:1400], y[:1400], epochs=20, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", cnn.evaluate(x[1400:], y[1400:], verbose=0)[1])
