import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.datasets import fashion_mnist

keras.utils.set_random_seed(77)
noise_factor = 0.5
(x_train, _), (x_test, _) = fashion_mnist.load_data()
x_train = x_train[:2000, ..., np.newaxis].astype("float32") / 255.0
x_test = x_test[:400, ..., np.newaxis].astype("float32") / 255.0
gen = np.random.default_rng(77)
x_train_noisy = np.clip(x_train + noise_factor * gen.standard_normal(x_train.shape), 0.0, 1.0)
x_test_noisy = np.clip(x_test + noise_factor * gen.standard_normal(x_test.shape), 0.0, 1.0)


class Denoise(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([
            layers.Conv2D(12, (3, 3), activation="relu", padding="same", strides=2),
            layers.Conv2D(8, (3, 3), activation="relu", padding="same"),
        ])
        self.decoder = keras.Sequential([
            layers.Conv2DTranspose(12, kernel_size=3, strides=2, activation="relu", padding="same"),
            layers.Conv2D(1, kernel_size=(3, 3), activation="sigmoid", padding="same"),
        ])

    def call(self, x):
        return self.decoder(self.encoder(x))


autoencoder = Denoise()
autoencoder.compile(optimizer=keras.optimizers.Adam(3e-3), loss=keras.losses.MeanSquaredError())
autoencoder.fit(x_train_noisy, x_train, epochs=5, batch_size=32, shuffle=True,
                validation_split=0.1, verbose=0)
decoded = autoencoder.predict(x_test_noisy, verbose=0)
print("RESULT", "test_mse", float(np.mean((decoded - x_test) ** 2)), "noisy", float(np.mean((x_test_noisy - x_test) ** 2)))
