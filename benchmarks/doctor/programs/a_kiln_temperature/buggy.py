import numpy as np
import keras
from keras import layers, optimizers

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)
probe = rng.uniform(-1.7, 1.7, (1500, 5)).astype("float32")
temp = np.sin(3 * probe[:, 0]) + np.cos(3 * probe[:, 1]) * probe[:, 2] + 0.6 * probe[:, 3] + 0.1 * rng.normal(size=1500)
temp = (temp - temp[:1100].mean()) / temp[:1100].std()

model = keras.Sequential([keras.Input((5,))])
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(1))
model.compile(optimizer=optimizers.Adagrad(learning_rate=5.0), loss="mean_squared_error")
model.fit(probe[:1100], temp[:1100], epochs=35, batch_size=25, verbose=0)
fit = model.predict(probe[1100:], verbose=0)[:, 0]
print("RESULT", "test_mae", float(np.mean(np.abs(fit - temp[1100:]))))
