import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(56)
rng = np.random.default_rng(56)
rain = rng.exponential(1.0, 1100) * (rng.random(1100) < 0.3)
stage = np.zeros(1100)
for d in range(1, 1100):
    stage[d] = 0.85 * stage[d - 1] + rain[d - 1] ** 1.2 * 0.3
stage += 0.05 * rng.normal(size=1100)
both = np.stack([rain / rain[:700].std(), (stage - stage[:700].mean()) / stage[:700].std()], axis=1)
days = 10
x = np.stack([both[d:d + days] for d in range(1100 - days)])
y = both[days:, 1]
(x_tr, y_tr), (x_va, y_va), (x_te, y_te) = (x[:680], y[:680]), (x[700:820], y[700:820]), (x[840:], y[840:])

model = keras.Sequential([
    layers.Input((days, 2)),
    layers.Conv1D(16, 3, activation="relu"),
    layers.Conv1D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max", patience=4, restore_best_weights=True)
model.fit(x_tr, y_tr, validation_data=(x_va, y_va), epochs=25, batch_size=32, callbacks=[stop], verbose=0)
error = model.predict(x_te, verbose=0)[:, 0] - y_te
print("RESULT", "test_rmse", float(np.sqrt((error ** 2).mean())))
