import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, regularizers, callbacks

tf.keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
x = rng.normal(size=(1000, 8)).astype("float32")
p = 1 / (1 + np.exp(-(1.3 * x[:, 1] + 0.9 * x[:, 5] + 0.6 * x[:, 7])))
y = (rng.random(1000) < p).astype("float32")

units = 16
model = tf.keras.Sequential([
    layers.Dense(units, activation="relu", input_shape=(8,), kernel_regularizer=regularizers.l2(0.01)),
    layers.Dense(units, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
watch = callbacks.EarlyStopping(patience=10, restore_best_weights=True)
model.fit(x[:300], y[:300], validation_split=0.2, epochs=150, batch_size=16, callbacks=[watch], verbose=0)
print("RESULT", "test_loss", model.evaluate(x[300:], y[300:], verbose=0)[0])
