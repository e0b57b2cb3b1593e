import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
raw = rng.uniform([40, 2, 15, 0], [95, 9, 60, 1], (2000, 4))
eff = 88 - 0.15 * (raw[:, 0] - 60) + 3 * np.sin(raw[:, 1]) + 0.04 * raw[:, 2] * raw[:, 3] + rng.normal(0, 0.4, 2000)
xs, ys = MinMaxScaler((-1, 1)), MinMaxScaler((-1, 1))
x_train = xs.fit_transform(raw[:1600])
y_train = ys.fit_transform(eff[:1600, None])
x_test = xs.transform(raw[1600:])

model = keras.Sequential([keras.Input((4,)), layers.Dense(40, activation="gelu"), layers.Dense(40, activation="gelu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.RMSprop(0.003), loss="mae")
for lr in (0.003, 0.001, 0.0003):
    model.optimizer.learning_rate = lr
    log = model.fit(x_train, y_train, epochs=18, batch_size=32, validation_split=0.15, verbose=0)
p = ys.inverse_transform(model.predict(x_test, verbose=0))[:, 0]
print("RESULT", "test_mae", float(np.abs(p - eff[1600:]).mean()))
