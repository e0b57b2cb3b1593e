import numpy as np
import keras

keras.utils.set_random_seed(26)
rng = np.random.default_rng(26)
kernels = rng.normal(size=(1200, 6)).astype("float32")
swirl = np.arctan2(kernels[:, 0] + 0.3 * kernels[:, 2], kernels[:, 1]) + 0.2 * rng.normal(size=1200)
variety = np.floor((swirl + np.pi) / (2 * np.pi) * 3).astype(int) % 3
x_train, y_train = kernels[:850], variety[:850]
x_test, y_test = kernels[850:], variety[850:]

model = keras.models.Sequential([
    keras.layers.Input(shape=(6,)),
    keras.layers.Dense(40, activation="relu"),
    keras.layers.Dense(20, activation="relu"),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x_train, y_train, epochs=25, batch_size=20, verbose=0)
out = model.predict(x_test, verbose=0)
picked = out.argmax(axis=1) if out.shape[1] > 1 else out[:, 0].round()
print("RESULT", "test_accuracy", float(np.mean(picked == y_test)))
