"""SGD(decay=): the rate at step t is lr / (1 + decay * t)."""

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential(
    [tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))]
)
model.compile(tf.keras.optimizers.SGD(lr=0.1, decay=0.5), loss=lambda y, p: tf.reduce_mean(p))
x = np.ones((1, 1), "float32")
expected = 1.0
model.fit(x, x, epochs=3, verbose=0)
for step in range(3):
    expected -= 0.1 / (1 + 0.5 * step)
np.testing.assert_allclose(model.get_weights()[0].item(), expected, rtol=1e-5)
again = tf.keras.optimizers.SGD.from_config(model.optimizer.get_config())
assert again.decay == 0.5
