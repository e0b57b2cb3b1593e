import numpy as np
import tensorflow as tf
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense, Flatten, Conv2D
from tensorflow.keras import Model, initializers

tf.keras.utils.set_random_seed(61)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, x_test = x_train[:3000, ..., None] / 255.0, x_test[:1000, ..., None] / 255.0
y_train, y_test = y_train[:3000], y_test[:1000]
init = initializers.GlorotUniform(seed=61)


class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(16, 5, strides=2, activation='relu', kernel_initializer=init)
        self.conv2 = Conv2D(32, 3, strides=2, activation='relu', kernel_initializer=init)
        self.flatten = Flatten()
        self.d1 = Dense(64, activation='relu', kernel_initializer=init)
        self.d2 = Dense(10, activation='softmax', kernel_initializer=init)

    def call(self, x):
        x = self.conv2(self.conv1(x))
        return self.d2(self.d1(self.flatten(x)))


model = MyModel()
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train, y_train, epochs=6, batch_size=32, verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print('accuracy', acc)
print('RESULT', 'test_loss', loss)
