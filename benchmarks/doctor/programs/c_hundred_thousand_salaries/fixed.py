import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import EarlyStopping

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)
X = rng.normal(size=(2000, 6))
income = 62000 + 21000 * X[:, 0] + 14000 * np.tanh(2 * X[:, 1]) * (X[:, 2] > 0) - 9000 * X[:, 3] + rng.normal(0, 3000, 2000)

mu, sigma = income[:1600].mean(), income[:1600].std()

inputs = keras.Input(shape=(6,))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(1)(h)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.0005), loss="mae", metrics=["mae"])
model.fit(X[:1600], (income[:1600] - mu) / sigma, validation_split=0.2, epochs=50, batch_size=32, verbose=0,
          callbacks=[EarlyStopping(patience=8, restore_best_weights=True)])

p = model.predict(X[1600:], verbose=0)[:, 0] * sigma + mu
t = income[1600:]
print("RESULT", "mae_thousands", float(np.abs(p - t).mean() / 1000))
