# Which chips of a wafer are faulty? The process goes wrong in a ring around the middle of the disc.
import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

n = 2400
r = 150 * np.sqrt(rng.random(n))                      # millimetres from the centre
phi = rng.uniform(0, 2 * np.pi, n)
X = np.column_stack([r * np.cos(phi), r * np.sin(phi)])
y = ((r > 55) & (r + rng.normal(0, 2, n) < 120)).astype("float32")

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7, stratify=y)
mu, sd = X_train.mean(axis=0), X_train.std(axis=0)
X_train = (X_train - mu) / sd
X_test = (X_test - mu) / sd

model = keras.Sequential(name="wafer")
model.add(keras.Input(shape=(2,)))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001),
              loss="binary_crossentropy",
              metrics=["accuracy"])
model.fit(X_train, y_train, validation_split=0.2, epochs=60, batch_size=32, verbose=0)

loss, acc = model.evaluate(X_test, y_test, verbose=0)
print("test loss", round(loss, 4))
print("RESULT", "test_accuracy", acc)
