"""tf.nn's losses and tf.keras.losses as functions agree."""

import numpy as np
import tensorflow as tf

labels = tf.constant([0, 2])
logits = tf.constant([[2.0, 1.0, 0.1], [0.5, 0.2, 3.0]])
sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
dense = tf.nn.softmax_cross_entropy_with_logits(labels=tf.one_hot(labels, 3), logits=logits)
keras = tf.keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
np.testing.assert_allclose(sparse.numpy(), dense.numpy(), rtol=1e-5)
np.testing.assert_allclose(sparse.numpy(), keras.numpy(), rtol=1e-5)
binary = tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[2.0, 2.0])
np.testing.assert_allclose(binary.numpy(), np.log1p(np.exp([-2.0, 2.0])), rtol=1e-5)
mse = tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.NONE)
assert mse([[0.0, 1.0]], [[1.0, 1.0]]).numpy().tolist() == [0.5]
m = tf.keras.metrics.Accuracy()
m.update_state([1, 2, 3], [1, 2, 4])
np.testing.assert_allclose(m.result().numpy(), 2 / 3, rtol=1e-6)
image = tf.reshape(tf.range(16.0), (1, 4, 4, 1))
pooled = tf.nn.max_pool2d(image, ksize=2, strides=2, padding="VALID")
assert pooled.numpy().ravel().tolist() == [5, 7, 13, 15]
kernel = tf.ones((2, 2, 1, 1))
summed = tf.nn.conv2d(image, kernel, strides=[1, 2, 2, 1], padding="VALID")
assert summed.numpy().ravel().tolist() == [10, 18, 42, 50]
