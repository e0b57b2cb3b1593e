import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits


class AutoEncoder(keras.Model):
    def __init__(self, code):
        super().__init__()
        self.encoder = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(code)])
        self.decoder = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(64, activation="sigmoid")])

    def call(self, x):
        return self.decoder(self.encoder(x))


keras.utils.set_random_seed(5)
x = load_digits().data.astype("float32") / 16.0
x = x[np.random.default_rng(5).permutation(len(x))]
x_train, x_val, x_test = x[:1300], x[1300:1500], x[1500:]

ae = AutoEncoder(code=10)
ae.compile(optimizer="adam", loss="binary_crossentropy")
ae.fit(x_train, x_train, validation_data=(x_val, x_val), epochs=30, batch_size=32, verbose=0)
again = ae.predict(x_test, verbose=0)
print("RESULT", "test_mse", float(((again - x_test) ** 2).mean()))
