import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout

keras.utils.set_random_seed(2125)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:5000].reshape(5000, 784).astype("float32")
x_test = x_test[:1000].reshape(1000, 784).astype("float32")
x_train = (x_train - 127.5) / 127.5
x_test = (x_test - 127.5) / 127.5

mlp = Sequential()
mlp.add(Dense(128, activation="relu", input_shape=(784,)))
mlp.add(Dropout(0.2))
mlp.add(Dense(64, activation="relu"))
mlp.add(Dense(10, activation="softmax"))
mlp.compile(optimizer=keras.optimizers.Adam(), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
mlp.fit(x_train, y_train[:5000], batch_size=64, epochs=8, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", mlp.evaluate(x_test, y_test[:1000], verbose=0)[1])
