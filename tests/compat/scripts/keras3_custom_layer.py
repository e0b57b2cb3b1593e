"""Keras 3: a registered layer with get_config, ops in call, keras.Variable."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="Tests")
class Scale(keras.layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")

    def call(self, inputs):
        return ops.multiply(inputs, self.gain) * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


model = keras.Sequential([keras.Input((3,)), Scale(3.0), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.ones((4, 3)), np.zeros((4, 1)), verbose=0)
model.save("scaled.keras")
again = keras.models.load_model("scaled.keras")
assert again.layers[0].factor == 3.0
np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])
