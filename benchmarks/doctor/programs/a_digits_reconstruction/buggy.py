import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits

SEED = 5
keras.utils.set_random_seed(SEED)
order = np.random.default_rng(SEED).permutation(1797)
pixels = load_digits().data[order].astype("float32") / 8.0 - 1.0
train, valid, test = pixels[:1200], pixels[1200:1450], pixels[1450:]

picture = keras.Input(shape=(64,), name="picture")
code = layers.Dense(40, activation="relu")(picture)
code = layers.Dense(12, name="code")(code)
back = layers.Dense(40, activation="relu")(code)
back = layers.Dense(64, activation="sigmoid", name="rebuilt")(back)
autoencoder = keras.Model(picture, back, name="digits_ae")

autoencoder.compile(optimizer="adam", loss="mse")
autoencoder.fit(train, train, validation_data=(valid, valid), epochs=30, batch_size=32, verbose=0)
rebuilt = autoencoder.predict(test, verbose=0)
print("RESULT", "test_mse", float(np.mean((rebuilt - test) ** 2)))
