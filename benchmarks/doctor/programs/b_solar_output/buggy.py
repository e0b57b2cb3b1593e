import numpy as np
import keras
from keras import layers
from keras.callbacks import EarlyStopping
from sklearn.preprocessing import MinMaxScaler, StandardScaler

keras.utils.set_random_seed(415)
rng = np.random.default_rng(415)
hour = rng.uniform(5, 20, 2000)
cloud = rng.beta(2, 2, 2000)
temp = rng.normal(18, 7, 2000)
dust = rng.gamma(2.0, 1.0, 2000)
watt = 4200 * np.clip(np.sin((hour - 5) / 15 * np.pi), 0, 1) * (1 - 0.75 * cloud) * (1 - 0.04 * dust)
watt = watt - 6 * (temp - 25) + 60 * rng.normal(size=2000)
table = np.column_stack([hour, cloud, temp, dust])

x_scaler, y_scaler = MinMaxScaler(), StandardScaler()
x_train = x_scaler.fit_transform(table[:1500])
x_test = x_scaler.transform(table[1500:])
y_train = y_scaler.fit_transform(watt[:1500, None])
y_test = y_scaler.transform(watt[1500:, None])

model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
])
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.RMSprop(learning_rate=5e-5), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=50, batch_size=32, validation_split=0.2, verbose=0,
          callbacks=[EarlyStopping(patience=8)])
guess = model.predict(x_test, verbose=0)
print("RESULT", "r2", float(1 - np.mean((guess - y_test) ** 2) / np.var(y_test)))
