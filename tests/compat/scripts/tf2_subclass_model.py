"""A subclassed model as in TensorFlow's guides: call(training=), add_weight by name first."""

import numpy as np
import tensorflow as tf


class Linear(tf.keras.layers.Layer):
    def __init__(self, units=4):
        super(Linear, self).__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight("b", shape=[self.units], initializer="zeros")

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b


class MyModel(tf.keras.Model):
    def __init__(self):
        super(MyModel, self).__init__()
        self.linear = Linear(4)
        self.dropout = tf.keras.layers.Dropout(0.5)
        self.out = tf.keras.layers.Dense(2)

    def call(self, x, training=False):
        x = tf.nn.relu(self.linear(x))
        x = self.dropout(x, training=training)
        return tf.nn.softmax(self.out(x))


model = MyModel()
x, y = np.random.rand(16, 3).astype("float32"), np.random.randint(0, 2, 16)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=1, batch_size=16, verbose=0)
out = model(tf.constant(x))
np.testing.assert_allclose(tf.reduce_sum(out, axis=1), np.ones(16), rtol=1e-5)
assert [w.name for w in model.linear.weights][1] == "b"
