"""Fashion-MNIST, after the old TensorFlow tutorial with two convolutions (ported to Keras 3)."""
import keras
from keras import layers

keras.utils.set_random_seed(2024)
BATCH, EPOCHS = 32, 4
KEEP = 0.9          # keep_prob of the tutorial

(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:15000, :, :, None] / 255.0, y_train[:15000]
x_test, y_test = x_test[:1500, :, :, None] / 255.0, y_test[:1500]


class FashionNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv2D(16, 3, strides=2, activation="relu")
        self.conv2 = layers.Conv2D(32, 3, strides=2, activation="relu")
        self.flat = layers.Flatten()
        self.hidden = layers.Dense(64, activation="relu")
        self.drop1 = layers.Dropout(KEEP)
        self.drop2 = layers.Dropout(KEEP)
        self.out = layers.Dense(10, activation="softmax")

    def call(self, x, training=False):
        x = self.drop1(self.conv1(x), training=training)
        x = self.flat(self.drop1(self.conv2(x), training=training))
        x = self.drop2(self.hidden(x), training=training)
        return self.out(x)


model = FashionNet()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_split=0.1, verbose=2)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", acc)
