"""A convolutional network for the 8x8 digits that is meant to fit on a microcontroller."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(8)

FILTERS_1, FILTERS_2 = 16, 32

digits = load_digits()
images = digits.images[..., None].astype("float32") / 16.0
x_train, x_test, y_train, y_test = train_test_split(
    images, digits.target, test_size=400, random_state=0, stratify=digits.target)


class DigitNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv2D(FILTERS_1, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(FILTERS_2, 3, padding="same", activation="relu")
        self.pool1 = layers.MaxPooling2D(2)
        self.pool2 = layers.MaxPooling2D(4)
        self.flat = layers.Flatten()
        self.out = layers.Dense(10, activation="softmax")

    def call(self, x):
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        return self.out(self.flat(x))


model = DigitNet()
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(x_train, y_train, epochs=40, batch_size=32, validation_split=0.1, verbose=0)
print("training", model.evaluate(x_train, y_train, verbose=0))
print("RESULT accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
