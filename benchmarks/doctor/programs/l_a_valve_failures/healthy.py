"""Which valves leak? About one in fifteen does, so a leak counts more in the loss."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

n = 6000
hours = rng.gamma(3.0, 2500.0, n)              # hours of service
bar = rng.normal(160.0, 35.0, n)               # working pressure
temp = rng.normal(75.0, 18.0, n)               # Celsius
cycles = hours * rng.uniform(0.5, 4.0, n)      # openings
score = 1.3 * (hours - 7500) / 4300 + 1.2 * (bar - 160) / 35 + 0.8 * ((temp - 75) / 18) ** 2 + 0.3 * (cycles - 17000) / 13000
leaks = (score + 0.3 * rng.normal(size=n) > np.quantile(score, 0.935)).astype("float32")
X = np.stack([np.log(hours), bar, temp, np.log(cycles)], axis=1)
train, valid, test = slice(0, 4000), slice(4000, 4800), slice(4800, None)

norm = layers.Normalization()
norm.adapt(X[train])
share = float(leaks[train].mean())
model = keras.Sequential([
    keras.Input((4,)),
    norm,
    layers.Dense(24, activation="relu"),
    layers.Dense(12, activation="relu"),
    layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(float(np.log(share / (1 - share))))),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy",
              metrics=[keras.metrics.AUC(name="auc"), keras.metrics.Recall(name="recall")])
model.fit(X[train], leaks[train], validation_data=(X[valid], leaks[valid]), epochs=30, batch_size=64,
          class_weight={0: 0.5 / (1 - share), 1: 0.5 / share}, verbose=0)

says = model.predict(X[test], verbose=0)[:, 0] > 0.5
truth = leaks[test] > 0.5
print("leaks:", int(truth.sum()), "named:", int(says.sum()))
print("RESULT balanced_accuracy", float(0.5 * (says[truth].mean() + (~says[~truth]).mean())))
