import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 1800
theta = np.sqrt(rng.uniform(0.02, 1, n)) * 4.5 * np.pi
arm = rng.integers(0, 2, n)
xy = np.stack([theta * np.cos(theta + arm * np.pi), theta * np.sin(theta + arm * np.pi)], 1)
xy = (xy + rng.normal(0, 0.25, (n, 2))) / 8.0

X_train, y_train = xy[:1000], arm[:1000]
X_val, y_val = xy[1000:1400], arm[1000:1400]
X_test, y_test = xy[1400:], arm[1400:]

model = keras.Sequential([
    layers.Dense(48, activation="relu", input_shape=(2,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=100, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
