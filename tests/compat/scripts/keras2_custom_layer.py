"""A layer of one's own as the guides of 2017 write it: topology.Layer, add_weight, K.dot."""

import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Activation
from keras.models import Sequential


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[1], self.output_dim),
            initializer="uniform",
            trainable=True,
        )
        super(MyLayer, self).build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)


model = Sequential([MyLayer(3, input_shape=(4,)), Activation("softmax")])
model.compile("sgd", "categorical_crossentropy")
x = np.random.rand(8, 4)
model.fit(x, np.eye(3)[np.arange(8) % 3], epochs=1, verbose=0)
assert model.count_params() == 12
np.testing.assert_allclose(model.predict(x).sum(axis=1), 1, rtol=1e-5)
