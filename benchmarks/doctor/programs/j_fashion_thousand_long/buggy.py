import keras
from keras import layers

keras.utils.set_random_seed(13)
(x, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x, y = x[:1500] / 255.0, y[:1500]
x_test, y_test = x_test[:2000] / 255.0, y_test[:2000]
x_train, y_train, x_val, y_val = x[:1200], y[:1200], x[1200:], y[1200:]


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat = layers.Flatten()
        self.a = layers.Dense(256, activation="relu")
        self.b = layers.Dense(128, activation="relu")
        self.out = layers.Dense(10, activation="softmax")

    def call(self, images):
        return self.out(self.b(self.a(self.flat(images))))


net = Net()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
hist = net.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=100, batch_size=32, verbose=0)
print("val loss best", min(hist.history["val_loss"]), "last", hist.history["val_loss"][-1])

loss, acc = net.evaluate(x_test, y_test, verbose=0)
print("accuracy", acc)
print("RESULT", "test_loss", loss)
