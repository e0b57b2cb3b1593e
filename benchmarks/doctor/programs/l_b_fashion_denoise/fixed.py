"""Lab 6: convolutional denoising autoencoder for clothes."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

(x_train, _), (x_test, _) = keras.datasets.fashion_mnist.load_data()
clean = x_train[:3000, ..., None].astype("float32") / 127.5 - 1.0
clean_test = x_test[:500, ..., None].astype("float32") / 127.5 - 1.0
noisy = clean + rng.normal(0, 0.3, clean.shape).astype("float32")
noisy_test = clean_test + rng.normal(0, 0.3, clean_test.shape).astype("float32")

inputs = keras.Input((28, 28, 1))
h = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(inputs)
h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(h)
h = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(h)
outputs = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="tanh")(h)
autoencoder = keras.Model(inputs, outputs, name="denoiser")

autoencoder.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
autoencoder.fit(noisy, clean, epochs=6, batch_size=32,
                validation_data=(noisy_test[:200], clean_test[:200]), verbose=2)

restored = autoencoder.predict(noisy_test[200:], verbose=0)
print("noise alone:", float(np.mean((noisy_test[200:] - clean_test[200:]) ** 2)))
print("RESULT mse", float(np.mean((restored - clean_test[200:]) ** 2)))
