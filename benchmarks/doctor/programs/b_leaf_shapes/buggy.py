import numpy as np
import keras
from keras import layers, initializers
from sklearn.datasets import load_iris

keras.utils.set_random_seed(15)
X, y = load_iris(return_X_y=True)
mixed = np.random.default_rng(15).permutation(150)
X_train, X_test, y_train, y_test = X[mixed[:100]], X[mixed[100:]], y[mixed[:100]], y[mixed[100:]]
X_test = (X_test - X_train.mean(axis=0)) / X_train.std(axis=0)
X_train = (X_train - X_train.mean(axis=0)) / X_train.std(axis=0)
y_train, y_test = keras.utils.to_categorical(y_train), keras.utils.to_categorical(y_test)

start = initializers.Zeros()
model = keras.Sequential()
model.add(keras.Input(shape=(4,)))
model.add(layers.Dense(12, kernel_initializer=start, activation="relu"))
model.add(layers.Dense(8, kernel_initializer=start, activation="relu"))
model.add(layers.Dense(3, kernel_initializer=start, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=25, batch_size=10, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
