import numpy as np
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
hours = np.arange(900)
level = 1.8 * np.sin(2 * np.pi * hours / 12.42) + 0.6 * np.sin(2 * np.pi * hours / 24.07 + 1)
level = 3.0 + level + 0.15 * rng.normal(size=900)
level = (level - level[:600].mean()) / level[:600].std()

WINDOW = 18
windows = np.stack([level[i:i + WINDOW] for i in range(900 - WINDOW)])[..., None]
following = level[WINDOW:]
x_train, y_train = windows[:560], following[:560]
x_val, y_val = windows[580:660], following[580:660]
x_test, y_test = windows[680:], following[680:]

model = keras.models.Sequential()
model.add(keras.Input((WINDOW, 1)))
model.add(keras.layers.LSTM(16))
model.add(keras.layers.Dense(1))
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.RMSprop(0.005))
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=20, verbose=0)
forecast = model.predict(x_test, verbose=0)[:, 0]
print("RESULT", "test_rmse", float(np.sqrt(np.mean((forecast - y_test) ** 2))))
