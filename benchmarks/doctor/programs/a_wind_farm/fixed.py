import numpy as np
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(37)
rng = np.random.default_rng(37)
n = 1600
speed = 9 * rng.weibull(2.0, n)
air = rng.normal(1.2, 0.05, n)
pitch = rng.uniform(0, 20, n)
heading = rng.uniform(0, 360, n)
yaw = np.cos(np.radians(heading - 220))
output = np.clip(speed, 3, 14) ** 3 / 900 * air * (1 - pitch / 40) * (0.8 + 0.2 * yaw) + 0.05 * rng.normal(size=n)
weather = np.column_stack([speed, air, pitch, heading])
train, test = weather[:1200], weather[1200:]

scaler = StandardScaler()
train = scaler.fit_transform(train)
test = scaler.transform(test)

model = keras.Sequential()
model.add(keras.Input(shape=(4,)))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(1))
model.compile(optimizer="adam", loss=keras.losses.Huber(), metrics=["mae"])
model.fit(train, output[:1200], validation_split=0.2, epochs=30, batch_size=32, verbose=0)
predicted = model.predict(test, verbose=0)[:, 0]
print("RESULT", "test_mae", float(np.abs(predicted - output[1200:]).mean()))
