"""Noise of a wing section in the tunnel: sound level from five tunnel settings."""
import numpy as np
import keras
from keras import layers

SEED = 11
EPOCHS = 50
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

n = 2400
freq = np.exp(rng.uniform(np.log(200), np.log(20000), n))      # Hz
angle = rng.uniform(0, 22, n)                                  # degrees
chord = rng.uniform(0.03, 0.30, n)                             # m
speed = rng.uniform(30, 72, n)                                 # m/s
thick = rng.uniform(0.0005, 0.05, n)                           # m
peak = 1500 * (speed / 50) * (0.15 / chord) ** 0.4
level = (126 + 0.25 * (speed - 50) - 7 * (np.log10(freq / peak)) ** 2 - 0.25 * angle
         - 130 * (thick - 0.02) + rng.normal(0, 0.5, n))       # dB
X = np.column_stack([freq, angle, chord, speed, thick])

class Tunnel(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.a = layers.Dense(width, activation="tanh")
        self.b = layers.Dense(width, activation="tanh")
        self.out = layers.Dense(1)

    def call(self, x):
        return self.out(self.b(self.a(x)))

order = rng.permutation(n)
tr, va, te = order[:1600], order[1600:2000], order[2000:]
X = X.astype("float32")
m, s = level[tr].mean(), level[tr].std()
model = Tunnel(48)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", metrics=["mae"])
model.fit(X[tr], (level[tr] - m) / s, validation_data=(X[va], (level[va] - m) / s),
          epochs=EPOCHS, batch_size=32, verbose=0)
pred = model.predict(X[te], verbose=0).ravel() * s + m
print("spread of the test levels", level[te].std())
print("RESULT mae_dB", float(np.abs(pred - level[te]).mean()))
