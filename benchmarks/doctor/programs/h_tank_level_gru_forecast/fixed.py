import numpy as np
import keras
from keras.layers import GRU, Dense
from keras.models import Sequential

keras.utils.set_random_seed(55)
noise = np.random.default_rng(55)
hour = np.arange(2200)
level = 430 + 120 * np.sin(hour / 9.0) + 60 * np.sin(hour / 23.0) + 8 * noise.normal(size=2200)
center, spread = level[:1700].mean(), level[:1700].std()

def windows(series, n=16):
    past = np.stack([series[i:i + n] for i in range(len(series) - n)])
    return past[..., None], series[n:]

past, following = windows(level)
past, following = (past - center) / spread, (following - center) / spread

def stream(x, y, size=32):
    order = np.random.default_rng(1)
    while True:
        rows = order.integers(0, len(x), size)
        yield x[rows], y[rows]

model = Sequential([keras.Input((16, 1)), GRU(24), Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
model.fit(stream(past[:1680], following[:1680]), steps_per_epoch=50, epochs=10, verbose=0)
guess = model.predict(past[1710:], verbose=0).ravel()
real = following[1710:]
print("RESULT", "test_r2", float(1 - ((guess - real) ** 2).mean() / real.var()))
