"""Will the customer pay back? The bank's file codes the answer 1 = paid, 2 = defaulted."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

n = 4000
income = rng.lognormal(7.8, 0.4, n)
months = rng.integers(6, 61, n)
loan = rng.uniform(500, 20000, n)
age = rng.integers(19, 75, n)
delays = rng.poisson(0.8, n)
burden = loan / months / income
score = 14.0 * (burden - 0.12) + 0.9 * (delays - 0.8) - 0.02 * (age - 45)
answer = np.where(score + rng.normal(0, 0.35, n) > 0, 2, 1)

table = np.column_stack([np.log(income), months, np.log(loan), age, delays])
target = answer.astype("float32")

cut = 3000
sc = StandardScaler().fit(table[:cut])
x_train, x_test = sc.transform(table[:cut]), sc.transform(table[cut:])
y_train, y_test = target[:cut], target[cut:]

model = keras.Sequential([
    layers.Input(shape=(5,)),
    layers.Dense(16, activation="relu"),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=64, validation_split=0.1, verbose=0)

acc = model.evaluate(x_test, y_test, verbose=0)[1]
print("default rate:", np.mean(answer == 2))
print("RESULT accuracy", acc)
