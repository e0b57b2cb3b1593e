import numpy as np
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
t = rng.uniform(-2, 2, (2000, 2)).astype("float32")
dip = np.abs(t[:, 0]) * np.cos(t[:, 1]) + 0.05 * rng.normal(size=2000)
dip = (dip - dip[:1600].mean()) / dip[:1600].std()

model = Sequential()
model.add(Dense(4, activation="leaky_relu", kernel_initializer="he_normal", input_dim=2))
for _ in range(20):
    model.add(Dense(4, activation="leaky_relu", kernel_initializer="he_normal"))
model.add(Dense(1))
model.compile(loss="mse", optimizer=Adam(0.003), metrics=["mae"])
model.fit(t[:1600], dip[:1600], epochs=40, batch_size=32, validation_split=0.15, verbose=0)
pred = model.predict(t[1600:]).ravel()
print("RESULT", "r2", float(1 - np.mean((pred - dip[1600:]) ** 2) / np.var(dip[1600:])))
