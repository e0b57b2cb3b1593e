import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
X = rng.normal(size=(2400, 12)).astype("float32")
score = np.stack([X[:, 0] * X[:, 1], X[:, 2] - 0.5, -0.8 * X[:, 3], np.abs(X[:, 4]) - 0.6], 1)
answer = score.argmax(1)
Y = keras.utils.to_categorical(answer, 4)
X_train, X_test = X[:1800], X[1800:]
Y_train, Y_test = Y[:1800], Y[1800:]

inputs = keras.Input(shape=(12,), name="customer")
x = keras.layers.Dense(48, activation="relu")(inputs)
x = keras.layers.Dense(24, activation="relu")(x)
answers = keras.layers.Dense(4, name="answers", activation="softmax")(x)
model = keras.Model(inputs, answers)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss="categorical_crossentropy",
    metrics=["categorical_accuracy"],
)
model.fit(X_train, Y_train, batch_size=64, epochs=15, validation_split=0.1, verbose=0)
_, acc = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
