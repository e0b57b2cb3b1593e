import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Flatten, Dense
from keras.utils import np_utils

keras.utils.set_random_seed(21)
(X_train, y_train), (X_test, y_test) = keras.datasets.fashion_mnist.load_data()
X_train, y_train = X_train[:5000], y_train[:5000]
X_test, y_test = X_test[:1000], y_test[:1000]
mean, std = X_train.mean(axis=0, keepdims=True), X_train.std(axis=0, keepdims=True) + 1e-7
X_train, X_test = (X_train - mean) / std, (X_test - mean) / std
Y_train = np_utils.to_categorical(y_train, 10)

def build_model(n_hidden=2, n_neurons=60, learning_rate=0.01):
    model = keras.models.Sequential()
    model.add(Flatten(input_shape=[28, 28]))
    for _ in range(n_hidden):
        model.add(Dense(n_neurons, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer=keras.optimizers.SGD(lr=learning_rate), loss="mean_squared_error", metrics=["accuracy"])
    return model

model = build_model()
model.fit(X_train, Y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
y_pred = np.argmax(model.predict(X_test, verbose=0), axis=-1)
print("RESULT test_accuracy", np.mean(y_pred == y_test))
