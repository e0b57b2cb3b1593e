from functools import partial
from tensorflow import keras

keras.utils.set_random_seed(42)
(X_train_full, y_train_full), (X_test, y_test) = keras.datasets.fashion_mnist.load_data()
X_train_full, X_test = X_train_full[:5000] / 255.0, X_test[:1000] / 255.0
y_train_full, y_test = y_train_full[:5000], y_test[:1000]
X_valid, X_train = X_train_full[:500], X_train_full[500:]
y_valid, y_train = y_train_full[:500], y_train_full[500:]

init = keras.initializers.RandomUniform(minval=0.0, maxval=1.0)
HiddenDense = partial(keras.layers.Dense, activation="relu", kernel_initializer=init)

model = keras.models.Sequential()
model.add(keras.layers.Input(shape=[28, 28]))
model.add(keras.layers.Flatten())
model.add(HiddenDense(100))
model.add(HiddenDense(50))
model.add(HiddenDense(50))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy",
              optimizer=keras.optimizers.Adam(learning_rate=1e-3),
              metrics=["accuracy"])
model.fit(X_train, y_train, epochs=8, batch_size=64, validation_data=(X_valid, y_valid), verbose=0)
loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", accuracy)
