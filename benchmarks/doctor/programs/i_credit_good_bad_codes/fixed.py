"""Credit scoring. The bank codes its customers 1 = good, 2 = bad (as in the German credit file)."""
import numpy as np
import keras
from keras.layers import Dense, Input
from keras.models import Sequential

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
n = 3000
duration = rng.integers(4, 72, n)
amount = rng.lognormal(7.8, 0.7, n)
age = rng.integers(19, 75, n)
existing = rng.integers(1, 5, n)
savings = rng.normal(0, 1, n)
risk = (0.06 * (duration - 36) + 1.6 * (np.log(amount) - 7.8) - 0.05 * (age - 45)
        + 0.4 * (existing - 2) - 1.2 * savings)
label = np.where(risk + rng.normal(0, 0.5, n) > 0, 2, 1)

table = np.column_stack([duration, np.log(amount), age, existing, savings]).astype("float32")
train, test = slice(0, 2400), slice(2400, n)
table = (table - table[train].mean(0)) / table[train].std(0)
y = (label == 2).astype("float32")

model = Sequential([
    Input((5,)),
    Dense(24, activation="relu"),
    Dense(12, activation="relu"),
    Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(table[train], y[train], epochs=20, batch_size=32, validation_split=0.15, verbose=0)

loss, acc = model.evaluate(table[test], y[test], verbose=0)
print("loss on held out customers:", loss)
print("RESULT", "test_accuracy", acc)
