import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
readings = rng.normal(size=(1500, 9)).astype("float32")
heat = readings[:, 0] * readings[:, 1] + np.sin(2 * readings[:, 2]) + 0.8 * readings[:, 3] - 0.5 * np.abs(readings[:, 4])
heat = heat + 0.2 * rng.normal(size=1500)
heat = (heat - heat[:1100].mean()) / heat[:1100].std()

inputs = keras.Input((9,))
x = inputs
for units in (64, 64, 32):
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.7)(x)
model = keras.Model(inputs, layers.Dense(1)(x))
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
model.fit(readings[:1100], heat[:1100], batch_size=32, epochs=30, verbose=0,
          validation_data=(readings[1100:1200], heat[1100:1200]))
estimate = model.predict(readings[1200:], verbose=0)[:, 0]
residual = heat[1200:] - estimate
print("RESULT", "test_r2", float(1 - residual.var() / heat[1200:].var()))
