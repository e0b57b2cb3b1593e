import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
n = 1500
months = rng.exponential(20, n)
calls = rng.poisson(2.0, n)
bill = rng.normal(60, 15, n)
fibre = rng.integers(0, 2, n)
risk = 1.2 * (calls - 2) - 0.08 * (months - 14) + 0.04 * (bill - 60) + 1.0 * fibre - 0.7
left = (risk + rng.logistic(0, 0.6, n) > 0).astype("float32")
table = np.stack([np.log1p(months) - 2.6, (calls - 2) / 1.4, (bill - 60) / 15, fibre - 0.5], axis=1)
x_train, x_test = table[:1200], table[1200:]
y_train, y_test = left[:1200], left[1200:]

inputs = keras.Input(shape=(4,), name="customer")
h = layers.Dense(24, activation="relu")(inputs)
h = layers.Dense(12, activation="relu")(h)
outputs = layers.Dense(1, activation="softmax", name="churn")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mae", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=15, validation_split=0.15, verbose=0)
test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", test_acc)
