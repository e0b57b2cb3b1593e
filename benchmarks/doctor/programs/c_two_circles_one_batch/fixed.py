import numpy as np
import tensorflow as tf
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

tf.random.set_seed(42)
X, y = make_circles(1000, noise=0.05, factor=0.6, random_state=42)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)

model_1 = tf.keras.Sequential([
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(1, activation="sigmoid")
])
model_1.compile(loss="binary_crossentropy",
                optimizer=tf.keras.optimizers.SGD(),
                metrics=["accuracy"])
model_1.fit(X_train, y_train, epochs=100, batch_size=16, verbose=0)

loss, accuracy = model_1.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", accuracy)
