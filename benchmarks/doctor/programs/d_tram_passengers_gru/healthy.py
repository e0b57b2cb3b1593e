import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(35)
rng = np.random.default_rng(35)
T, D = 2000, 14
day = np.arange(T)
dow = day % 7
holiday = rng.random(T) < 0.08
slow = np.zeros(T)
for i in range(1, T):
    slow[i] = 0.95 * slow[i - 1] + rng.normal(0, 0.02)
logr = (7 + np.array([0, 0.03, 0.05, 0.04, 0.08, -0.35, -0.6])[dow] * (1 - holiday) - 0.7 * holiday
        + 0.15 * np.cos(2 * np.pi * day / 365) + slow + rng.normal(0, 0.05, T))
riders = np.exp(logr)

mu, sd = logr[:1500].mean(), logr[:1500].std()
s = (logr - mu) / sd
calendar = np.column_stack([np.eye(7)[dow], holiday, np.sin(2 * np.pi * day / 365), np.cos(2 * np.pi * day / 365)])
step = np.column_stack([s, calendar]).astype("float32")
past = np.stack([step[i:i + D] for i in range(T - D)])
tomorrow, target = calendar[D:].astype("float32"), s[D:]
cut = 1500 - D

history = keras.Input((D, step.shape[1]))
known = keras.Input((calendar.shape[1],))
h = layers.GRU(24)(history)
h = layers.Concatenate()([h, known])
h = layers.Dense(32, activation="relu")(h)
model = keras.Model([history, known], layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(0.005, clipnorm=1.0), loss="mse")
model.fit([past[:cut - 150], tomorrow[:cut - 150]], target[:cut - 150], epochs=30, batch_size=32, verbose=0,
          validation_data=([past[cut - 150:cut], tomorrow[cut - 150:cut]], target[cut - 150:cut]),
          callbacks=[keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)])
forecast = np.exp(model.predict([past[cut:], tomorrow[cut:]], verbose=0).ravel() * sd + mu)
print("RESULT mae_riders", np.abs(forecast - riders[cut + D:]).mean())
