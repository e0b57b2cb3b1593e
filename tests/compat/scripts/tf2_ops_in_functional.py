"""tf functions on symbolic tensors are layers of the model."""

import numpy as np
import tensorflow as tf

inputs = tf.keras.Input((4,))
x = tf.keras.layers.Dense(3, name="dense")(inputs)
scaled = tf.multiply(tf.nn.relu(x), 2.0)
mean = tf.reduce_mean(scaled, axis=-1, keepdims=True)
shifted = tf.concat([scaled, mean], axis=1) - 1.0
outputs = tf.expand_dims(shifted, axis=-1)
assert outputs.shape == (None, 4, 1)
model = tf.keras.Model(inputs, outputs)
data = np.random.rand(5, 4).astype("float32")
kernel, bias = model.get_layer("dense").get_weights()
hidden = np.maximum(data @ kernel + bias, 0) * 2
expected = np.concatenate([hidden, hidden.mean(axis=1, keepdims=True)], axis=1)[..., None] - 1
np.testing.assert_allclose(model.predict(data, verbose=0), expected, rtol=1e-5, atol=1e-6)
model.save("ops.keras")
again = tf.keras.models.load_model("ops.keras")
np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))
