import numpy as np
import keras
from keras import layers
from sklearn.metrics import average_precision_score

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
n = 6000
amount, hour, gap = rng.lognormal(3.5, 1.1, n), rng.uniform(0, 24, n), rng.exponential(30, n)
abroad, score = rng.random(n) < 0.1, rng.normal(0, 1, n)
logit = (-5.2 + 1.2 * (np.log(amount) - 3.5) * (hour < 6) + 2.2 * abroad * (gap < 10) + 0.9 * np.abs(score)
         + 1.5 * np.exp(-((hour - 2) / 2) ** 2) + 0.5 * (np.log(amount) - 3.5))
fraud = (rng.random(n) < 1 / (1 + np.exp(-1.5 * logit - 1.5))).astype("int32")
z = np.column_stack([np.log(amount), np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), np.log1p(gap), abroad, score])
z = ((z - z[:3400].mean(0)) / z[:3400].std(0)).astype("float32")

def balanced(half=32):
    bad, good = np.flatnonzero(fraud[:3400] == 1), np.flatnonzero(fraud[:3400] == 0)
    draw = np.random.default_rng(1)
    while True:
        rows = np.concatenate([draw.choice(bad, half), draw.choice(good, half)])
        yield z[rows] + draw.normal(0, 0.15, (2 * half, 6)).astype("float32"), fraud[rows]

model = keras.Sequential([
    layers.Input((6,)),
    layers.Dense(32, activation="leaky_relu", kernel_regularizer="l2"),
    layers.Dropout(0.2),
    layers.Dense(16, activation="leaky_relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(balanced(), steps_per_epoch=50, epochs=20, validation_data=(z[3400:4000], fraud[3400:4000]), verbose=0)
print("RESULT average_precision", average_precision_score(fraud[4000:], model.predict(z[4000:], verbose=0)))
