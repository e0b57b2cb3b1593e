import numpy as np
import keras

LEARNING_RATE = 0.002
EPOCHS = 25
BATCH_SIZE = 32
HIDDEN = (64, 32)

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)


def pump_table(n):
    """temperature, vibration, pressure, flow, hours since service; fails within a week?"""
    temp = rng.normal(68, 9, n)
    vib = rng.gamma(2.0, 1.3, n)
    pres = rng.normal(4.1, 0.6, n)
    flow = rng.normal(120, 15, n)
    hours = rng.uniform(0, 4000, n)
    stress = 0.11 * (temp - 68) * (hours / 2000) + 0.9 * (vib - 2.6) - 0.04 * (flow - 120) * (pres - 3.5)
    fails = stress + rng.normal(0, 0.3, n) > 0.2
    return np.c_[temp, vib, pres, flow, hours], fails.astype("float32")


x, y = pump_table(4000)
x_new, y_new = pump_table(1000)
mean, std = x.mean(0), x.std(0)
x, x_new = (x - mean) / std, (x_new - mean) / std

model = keras.Sequential()
model.add(keras.Input((5,)))
for units in HIDDEN:
    model.add(keras.layers.Dense(units, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy",
              optimizer=keras.optimizers.Adam(learning_rate=LEARNING_RATE),
              metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(x, y, epochs=EPOCHS, batch_size=BATCH_SIZE, validation_split=0.1, verbose=0)
result = model.evaluate(x_new, y_new, verbose=0, return_dict=True)
print(result)
print("RESULT", "test_auc", result["auc"])
