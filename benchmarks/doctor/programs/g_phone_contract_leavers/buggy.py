import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split

tf.keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
n = 2500
df = pd.DataFrame({
    "months": rng.integers(1, 73, n),
    "monthly": rng.normal(65, 25, n).clip(15, 120),
    "calls": rng.poisson(2, n),
    "international": rng.integers(0, 2, n),
    "data_mb": rng.gamma(2.0, 1800, n),
})
df["total"] = df.months * df.monthly
score = (-0.06 * (df.months - 36) + 0.05 * (df.monthly - 65) + 0.9 * (df.calls - 2)
         + 1.2 * df.international + 0.8 * rng.normal(size=n))
df["leaves"] = (score > 0.6).astype(int)

X = df.drop(columns="leaves").values.astype("float32")
y = df["leaves"].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)

model = tf.keras.models.Sequential([
    tf.keras.layers.Dense(16, activation="sigmoid", input_shape=(6,)),
    tf.keras.layers.Dense(8, activation="sigmoid"),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_split=0.1, epochs=5, batch_size=200, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
