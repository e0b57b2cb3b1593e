from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.utils import to_categorical, set_random_seed

set_random_seed(31)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:5000].reshape(5000, 784).astype("float32") / 255
X_test = X_test[:2000].reshape(2000, 784).astype("float32") / 255
Y_train, Y_test = to_categorical(y_train[:5000], 10), to_categorical(y_test[:2000], 10)

nb_hidden = 2
model = Sequential()
model.add(Dense(nb_hidden, input_shape=(784,)))
model.add(Activation("relu"))
model.add(Dense(10))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(X_train, Y_train, batch_size=32, epochs=15, validation_split=0.1, verbose=0)
score = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT", "test_accuracy", score[1])
