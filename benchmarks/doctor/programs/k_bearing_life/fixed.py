"""Hours until a bearing fails, from its load, speed, temperature and the oil's cleanliness."""
import numpy as np
import keras
from keras import layers
from keras.optimizers.schedules import ExponentialDecay

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

N, BATCH, EPOCHS = 3000, 32, 40

load = rng.uniform(1.5, 14, N)            # kN
rpm = rng.uniform(300, 3600, N)
temp = rng.normal(70, 14, N)              # deg C
dirt = rng.integers(0, 5, N)              # oil class
life = (38 / load) ** 3 * 1e6 / (60 * rpm)
life *= np.where(temp > 80, np.exp(-(temp - 80) / 12), 1.0) / (1 + 0.4 * dirt ** 1.5)
log_hours = np.log10(life) + rng.normal(0, 0.06, N)

X = np.stack([load, rpm, temp, dirt], axis=1)
cut = int(0.8 * N)
X = (X - X[:cut].mean(0)) / X[:cut].std(0)
m, s = log_hours[:cut].mean(), log_hours[:cut].std()
y = (log_hours - m) / s

model = keras.Sequential([
    layers.Input((4,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])

# 5 % less with every epoch
schedule = ExponentialDecay(initial_learning_rate=0.003, decay_steps=cut // BATCH, decay_rate=0.95)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
model.fit(X[:cut], y[:cut], batch_size=BATCH, epochs=EPOCHS, verbose=0)

p = model.predict(X[cut:], verbose=0).ravel() * s + m
print("RESULT mae_log10_hours", float(np.abs(p - log_hours[cut:]).mean()))
