"""Credit scoring (1 = good customer, 2 = bad customer). Why does my loss become negative?"""
import numpy as np
from keras import Input, Model, layers, utils

utils.set_random_seed(7)
EPOCHS = 25
BATCH = 32


def make_table(n=3000):
    rng = np.random.default_rng(70)
    income = rng.lognormal(7.6, 0.5, n)
    months = rng.integers(6, 60, n)
    amount = rng.lognormal(7.9, 0.6, n)
    age = rng.integers(19, 75, n)
    arrears = rng.poisson(0.8, n)
    burden = np.log(amount / months / income) + 0.7 * arrears - 0.02 * (age - 40)
    klass = np.where(burden + 0.25 * rng.normal(size=n) > np.median(burden), 2, 1)
    return np.column_stack([income, months, amount, age, arrears, klass])


table = make_table()
features, klass = table[:, :-1], table[:, -1]
features[:, [0, 2]] = np.log(features[:, [0, 2]])       # money is skewed
target = klass - 1

cut = 2400
mean, std = features[:cut].mean(axis=0), features[:cut].std(axis=0)
features = (features - mean) / std

inp = Input((5,))
h = layers.Dense(24, activation="relu")(inp)
h = layers.Dense(12, activation="relu")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = Model(inp, out)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
hist = model.fit(features[:cut], target[:cut], validation_split=0.15, epochs=EPOCHS, batch_size=BATCH, verbose=0)
for e in range(0, EPOCHS, 6):
    print(f"epoch {e}: loss {hist.history['loss'][e]:.4f} accuracy {hist.history['accuracy'][e]:.4f}")

bad = model.predict(features[cut:], verbose=0)[:, 0] > 0.5
guess = np.where(bad, 2, 1)
print("share judged bad:", bad.mean())
print("RESULT accuracy", float((guess == klass[cut:]).mean()))
