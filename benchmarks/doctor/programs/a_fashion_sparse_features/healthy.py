import keras
from keras import layers, regularizers

keras.utils.set_random_seed(321)
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train = x_train[:6000].reshape(-1, 784).astype("float32") / 255.0
x_test = x_test[:2000].reshape(-1, 784).astype("float32") / 255.0
y_train, y_test = y_train[:6000], y_test[:2000]

pixels = keras.Input((784,))
code = layers.Dense(256, activation="relu", activity_regularizer=regularizers.L1(5e-4), name="code")(pixels)
h = layers.Dense(64, activation="relu")(code)
kind = layers.Dense(10, activation="softmax")(h)
model = keras.Model(pixels, kind)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=64, epochs=12, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
