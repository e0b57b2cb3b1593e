from tensorflow.keras import Model, Input, layers, optimizers, utils
from tensorflow.keras.datasets import mnist

utils.set_random_seed(611)
(X_train, Y_train), (X_test, Y_test) = mnist.load_data()
X_train = X_train[:5000].reshape(-1, 28, 28, 1) / 255.0
X_test = X_test[:1000].reshape(-1, 28, 28, 1) / 255.0
Y_train = utils.to_categorical(Y_train[:5000])
Y_test = utils.to_categorical(Y_test[:1000])

picture = Input((28, 28, 1))
z = layers.Conv2D(12, 5, strides=2, activation="relu")(picture)
z = layers.Conv2D(24, 3, strides=2, activation="relu")(z)
z = layers.Flatten()(z)
z = layers.Dense(50, activation="relu")(z)
answer = layers.Dense(10, activation="softmax")(z)
net = Model(inputs=picture, outputs=answer)
net.compile(optimizers.SGD(learning_rate=0.1), loss="categorical_crossentropy", metrics=["accuracy"])
net.fit(X_train, Y_train, batch_size=32, epochs=8, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(X_test, Y_test, verbose=0)[1])
