import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(17)
rng = np.random.default_rng(17)
mix = rng.uniform(-1, 1, (1400, 6))
cement, water, slag, ash, grain, age = mix.T
strength = 2 * np.tanh(3 * age) * (1 + cement) - 2 * np.abs(water - 0.2) + 1.5 * cement * slag + ash ** 2
strength += 0.15 * rng.normal(size=1400)
strength = (strength - strength[:1100].mean()) / strength[:1100].std()

model = Sequential()
model.add(Input((6,)))
model.add(Dense(48, activation="relu"))
model.add(Dense(48, activation="relu"))
model.add(Dense(24, activation="relu"))
model.add(Dense(1))
model.compile(loss="mse", optimizer=Adam(0.003), metrics=["mae"])
model.fit(mix[:1100], strength[:1100], epochs=30, batch_size=32, validation_split=0.1, verbose=0)
guess = model.predict(mix[1100:], verbose=0).flatten()
actual = strength[1100:]
print("RESULT", "test_r2", 1 - float(((guess - actual) ** 2).sum() / ((actual - actual.mean()) ** 2).sum()))
