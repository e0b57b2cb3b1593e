import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(600)
rng = np.random.default_rng(600)

def photo(kind):
    yy, xx = np.mgrid[:28, :28] - rng.uniform(11, 16, (2, 1, 1))
    r = rng.uniform(5, 9)
    if kind:
        m = np.maximum(np.abs(xx), np.abs(yy)) < r * 0.85
    else:
        m = np.hypot(xx, yy) < r
    img = rng.normal(110, 30, (28, 28)) + m * rng.uniform(70, 110)
    return np.clip(img, 0, 255).astype("uint8")

y = np.arange(900) % 2
X = np.stack([photo(k) for k in y])[..., None]
x_train, y_train = X[:500], y[:500]
x_val, y_val = X[500:600], y[500:600]
x_test, y_test = X[600:], y[600:]

data_augmentation = keras.Sequential([
    layers.RandomFlip("horizontal"),
    layers.RandomTranslation(0.08, 0.08),
])

inputs = keras.Input(shape=(28, 28, 1))
x = data_augmentation(inputs)
x = layers.Rescaling(1. / 255)(x)
x = layers.Conv2D(16, 5, activation="relu", padding="same")(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(24, 3, activation="relu", padding="same")(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.3)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs=inputs, outputs=outputs)

model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.002), metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=32, validation_data=(x_val, y_val), verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
