import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(51)
rng = np.random.default_rng(51)
n = 4000
months = rng.exponential(20, n)
bill = rng.normal(55, 18, n)
calls = rng.poisson(1.4, n)
fibre = rng.integers(0, 2, n)
logit = -0.04 * (months - 20) + 0.014 * (bill - 55) + 0.35 * (calls - 1.4) * fibre
churn = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")
X = np.column_stack([np.log1p(months), bill, calls, fibre]).astype("float32")
X_train, X_val, X_test = X[:2800], X[2800:3200], X[3200:]
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train, X_val, X_test = [(part - mean) / std for part in (X_train, X_val, X_test)]
y_train, y_val, y_test = churn[:2800], churn[2800:3200], churn[3200:]

inputs = keras.Input(shape=(4,))
h = layers.Dense(16, activation="relu")(inputs)
h = layers.Dense(8, activation="relu")(h)
outputs = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=15, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
