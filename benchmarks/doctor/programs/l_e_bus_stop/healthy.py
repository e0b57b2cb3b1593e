"""Number of people who come to the bus stop in the next quarter of an hour.

Counts, so the network gives the rate of a Poisson law: exp at the end, Poisson loss."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

DAYS, PER_DAY, BACK = 60, 96, 12
t = np.arange(DAYS * PER_DAY)
hour = (t % PER_DAY) / 4
rate = 0.4 + 7 * np.exp(-((hour - 8) / 1.4) ** 2) + 5 * np.exp(-((hour - 17) / 2.0) ** 2)
people = rng.poisson(rate)

# every row: sqrt of the last counts, and the hour on the clock face of each of them
clock = 2 * np.pi * hour / 24
feature = np.stack([np.sqrt(people) - 1, np.sin(clock), np.cos(clock)], axis=1).astype("float32")
x = np.stack([feature[i:i + BACK] for i in range(len(t) - BACK)])
y = people[BACK:].astype("float32")[:, None]
true_rate = rate[BACK:]

cut = 48 * PER_DAY
model = keras.Sequential([
    keras.Input((BACK, 3)),
    layers.GRU(16),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation=ops.exp),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="poisson")

order = np.arange(cut)
for epoch in range(8):
    rng.shuffle(order)
    losses = [model.train_on_batch(x[b], y[b]) for b in np.array_split(order, cut // 48)]
    print("epoch", epoch, "loss", float(losses[-1]))


def deviance(lam):
    return float(np.mean(lam - y[cut:, 0] * np.log(lam)))


got = deviance(model.predict(x[cut:], verbose=0)[:, 0])
flat = deviance(np.full(len(y) - cut, y[:cut].mean()))
best = deviance(true_rate[cut:])
print("RESULT poisson_skill", (flat - got) / (flat - best))
