import numpy as np
import keras

keras.utils.set_random_seed(8)
train, test = keras.datasets.fashion_mnist.load_data()
x_train, y_train = train[0][:6000], train[1][:6000]
x_test, y_test = test[0][:2000], test[1][:2000]


def normalise(a):
    """bytes to 0..1"""
    return a.astype("float32") / 255


x_train = normalise(x_train)
x_test = normalise(x_test)


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, size=50):
        super().__init__()
        self.x, self.y, self.size = x, y, size
        self.order = np.random.permutation(len(x))

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        rows = self.order[i * self.size:(i + 1) * self.size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.order = np.random.permutation(len(self.x))


model = keras.Sequential([
    keras.Input((28, 28)),
    keras.layers.Flatten(),
    keras.layers.Dense(100, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(Batches(x_train, y_train), epochs=10, verbose=2)

predicted = model.predict(x_test, verbose=0).argmax(axis=1)
print("first guesses", predicted[:12])
print("RESULT", "test_accuracy", float((predicted == y_test).mean()))
