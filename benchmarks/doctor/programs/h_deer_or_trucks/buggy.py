import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(12)
(x, y), _ = keras.datasets.cifar10.load_data()
x, y = x[:8000], y[:8000].ravel()

keep = (y == 4) | (y == 9)
table = np.column_stack([x[keep].reshape(-1, 32 * 32 * 3), y[keep] == 9]).astype("float32")
table = table / 255.0
x, y = table[:, :-1].reshape(-1, 32, 32, 3), table[:, -1]
x_train, y_train = x[:1200], y[:1200]
x_test, y_test = x[1200:], y[1200:]

model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(24, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=6, batch_size=32, validation_split=0.15, verbose=0)

is_truck = y_test == y_test.max()
p = model.predict(x_test, verbose=0).ravel()
print("RESULT", "test_accuracy", float(((p > 0.5) == is_truck).mean()))
