"""Autoencoder over 24 turbine channels: how well does it give back windows it has not seen?"""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
CHANNELS, CODE = 24, 6

# four hidden causes (load, wind, air temperature, wear) drive all the channels
cause = rng.normal(size=(4000, 4))
mix = rng.normal(size=(4, CHANNELS))
raw = np.tanh(0.4 * cause @ mix) + 0.3 * cause @ rng.normal(size=(4, CHANNELS))
raw = 50 + 12 * raw + 1.0 * rng.normal(size=raw.shape)
train, val, test = raw[:2800], raw[2800:3300], raw[3300:]
scaler = StandardScaler().fit(train)
train, val, test = [scaler.transform(a).astype("float32") for a in (train, val, test)]


class AutoEncoder(keras.Model):
    def __init__(self, code, width, **kw):
        super().__init__(**kw)
        self.encoder = keras.Sequential([
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(code),
        ])
        self.decoder = keras.Sequential([
            layers.Dense(32, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(width),
        ])

    def call(self, x):
        return self.decoder(self.encoder(x))


ae = AutoEncoder(CODE, CHANNELS)
ae.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
ae.fit(train, train, validation_data=(val, val), epochs=30, batch_size=64, verbose=0)
back = ae.predict(test, verbose=0)
print("RESULT reconstruction_mse", float(np.mean((back - test) ** 2)))
