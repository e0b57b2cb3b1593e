"""Customer tiers (basic, silver, gold, platinum); trained on the old branches, used on the new branch."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(33)


def customers(n, rng, wealth):
    rich = rng.normal(wealth, 1.0 if wealth == 0 else 0.6, n)
    income = 41000 + 12000 * rich + 1500 * rng.normal(size=n)
    spend = 380 + 110 * rich + 25 * rng.normal(size=n)
    visits = 9 + 3 * rng.normal(size=n)
    age = rng.normal(46, 11, n)
    years = rng.gamma(2.0, 2.5, n)
    score = rich + 0.25 * (visits - 9) / 3 + 0.1 * (years - 5) / 3.5
    tier = np.digitize(score, [-0.7, 0.1, 0.9])
    return np.column_stack([income, spend, visits, age, years]), tier


def make_model(n_in, n_out):
    x_in = keras.Input((n_in,))
    h = layers.Dense(24, activation="relu")(x_in)
    h = layers.Dense(24, activation="relu")(h)
    return keras.Model(x_in, layers.Dense(n_out, activation="softmax")(h))


rng = np.random.default_rng(33)
rows, tier = customers(4000, rng, wealth=0)
new_rows, new_tier = customers(800, rng, wealth=0.9)

scaler = StandardScaler()
x_train = scaler.fit_transform(rows)
x_new = scaler.fit_transform(new_rows)

model = make_model(5, 4)
model.compile(optimizer=keras.optimizers.Adam(0.002),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, tier, validation_split=0.2, epochs=25, batch_size=64, verbose=2)

loss, acc = model.evaluate(x_new, new_tier, verbose=0)
print("new branch: loss", loss)
print("RESULT accuracy", acc)
