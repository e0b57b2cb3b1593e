import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import r2_score

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
n = 4000
ambient = rng.normal(17, 7, n)
pressure = rng.normal(1013, 6, n)
humidity = rng.uniform(25, 100, n)
inlet = rng.normal(1080, 20, n)
exhaust = 540 + 0.25 * (inlet - 1080) + rng.normal(0, 5, n)
energy = (134 - 0.6 * (ambient - 17) + 0.2 * (pressure - 1013) + 0.25 * (inlet - 1080)
          - 0.02 * (ambient - 17) ** 2 - 0.015 * (humidity - 60) * (ambient - 17) / 5
          + 4 * np.sin((exhaust - 540) / 4) + rng.normal(0, 1.0, n))

X = StandardScaler().fit(np.c_[ambient, pressure, humidity, inlet, exhaust][:3000])
X = X.transform(np.c_[ambient, pressure, humidity, inlet, exhaust])
y = (energy - energy[:3000].mean()) / energy[:3000].std()

lr_schedule = keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=0.01, decay_steps=1000, decay_rate=0.5, staircase=True)
inputs = keras.Input(shape=(5,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs, name="turbine")
model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate=lr_schedule),
              metrics=[keras.metrics.RootMeanSquaredError()])
model.fit(X[:3000], y[:3000], batch_size=64, epochs=50, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(y[3000:], model.predict(X[3000:], verbose=0).ravel()))
