"""An autoencoder whose parts are models of their own, and a class of two Sequentials."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses
from tensorflow.keras.models import Model

x_train = np.random.rand(20, 6, 6).astype("float32")


class Autoencoder(Model):
    def __init__(self, latent_dim):
        super(Autoencoder, self).__init__()
        self.latent_dim = latent_dim
        self.encoder = tf.keras.Sequential(
            [layers.Flatten(), layers.Dense(latent_dim, activation="relu")]
        )
        self.decoder = tf.keras.Sequential(
            [layers.Dense(36, activation="sigmoid"), layers.Reshape((6, 6))]
        )

    def call(self, x):
        encoded = self.encoder(x)
        return self.decoder(encoded)


autoencoder = Autoencoder(4)
autoencoder.compile(optimizer="adam", loss=losses.MeanSquaredError())
autoencoder.fit(x_train, x_train, epochs=1, shuffle=True, verbose=0)
encoded = autoencoder.encoder(x_train).numpy()
decoded = autoencoder.decoder(encoded).numpy()
assert encoded.shape == (20, 4) and decoded.shape == (20, 6, 6)
np.testing.assert_allclose(autoencoder.predict(x_train, verbose=0), decoded, rtol=1e-5)
