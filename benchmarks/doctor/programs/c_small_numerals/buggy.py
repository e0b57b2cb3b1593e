import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(34)
bunch = load_digits()
images = bunch.images[..., None] / 16.0
targets = keras.utils.to_categorical(bunch.target, 10)
x_train, x_test, y_train, y_test = train_test_split(images, targets, test_size=0.3, random_state=34)


class SmallNet(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = layers.Conv2D(24, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(24, 3, padding="same", activation="relu")
        self.pool = layers.MaxPooling2D()
        self.flatten = layers.Flatten()
        self.fc1 = layers.Dense(64, activation="relu")
        self.fc2 = layers.Dense(num_classes)

    def call(self, x):
        x = self.pool(self.conv2(self.conv1(x)))
        return self.fc2(self.fc1(self.flatten(x)))


net = SmallNet(10)
net.compile(optimizer=keras.optimizers.Adam(1e-3),
            loss=keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
net.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(x_test, y_test, verbose=0)[1])
