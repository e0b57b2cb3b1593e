"""MNIST with a learning rate schedule: val_accuracy is the same in each epoch, all pictures are the same digit."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(1234)

(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, y = x[:8000] / 255.0, y[:8000]
x_test, y_test = x_test[:2000] / 255.0, y_test[:2000]
x_val, y_val = x[7000:], y[7000:]
x, y = x[:7000], y[:7000]

schedule = keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=0.001,
    decay_steps=300,
    decay_rate=0.9,
)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat = layers.Flatten()
        self.h1 = layers.Dense(128, activation="relu")
        self.h2 = layers.Dense(64, activation="relu")
        self.drop = layers.Dropout(0.2)
        self.out = layers.Dense(10, activation="softmax")

    def call(self, images, training=False):
        h = self.h2(self.h1(self.flat(images)))
        return self.out(self.drop(h, training=training))


net = Net()
net.compile(optimizer=keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x, y, epochs=6, batch_size=64, validation_data=(x_val, y_val), verbose=2)

guess = np.argmax(net.predict(x_test, verbose=0), axis=1)
print("how often each digit is guessed:", np.bincount(guess, minlength=10))
print("RESULT accuracy", float((guess == y_test).mean()))
