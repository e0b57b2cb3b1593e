import keras
from keras import layers, regularizers

keras.utils.set_random_seed(11)
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:5000] / 255.0, y_train[:5000]
x_test, y_test = x_test[:1000] / 255.0, y_test[:1000]

KEEP_PROB = 0.8

class Classifier(keras.Model):
    def __init__(self, keep, **kwargs):
        super().__init__(**kwargs)
        self.flat = layers.Flatten()
        self.d1 = layers.Dense(96, activation="relu", kernel_regularizer=regularizers.l2(1e-4))
        self.drop1 = layers.Dropout(keep)
        self.d2 = layers.Dense(64, activation="relu", kernel_regularizer=regularizers.l2(1e-4))
        self.drop2 = layers.Dropout(keep)
        self.d3 = layers.Dense(32, activation="relu")
        self.drop3 = layers.Dropout(keep)
        self.out = layers.Dense(10, activation="softmax")

    def call(self, x, training=None):
        x = self.drop1(self.d1(self.flat(x)), training=training)
        x = self.drop2(self.d2(x), training=training)
        x = self.drop3(self.d3(x), training=training)
        return self.out(x)

model = Classifier(1 - KEEP_PROB)
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=64, epochs=12, verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", float(acc))
