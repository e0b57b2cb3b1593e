"""Tensors: making, indexing, mathematics, reductions, as the guides show them."""

import numpy as np
import tensorflow as tf

t = tf.constant([[1.0, 2.0], [3.0, 4.0]])
assert t.shape == (2, 2) and t.dtype == tf.float32 and t.get_shape().as_list() == [2, 2]
np.testing.assert_array_equal((t @ t).numpy(), [[7, 10], [15, 22]])
np.testing.assert_array_equal(tf.matmul(t, t, transpose_b=True), [[5, 11], [11, 25]])
assert float(tf.reduce_mean(t)) == 2.5
np.testing.assert_array_equal(tf.reduce_max(t, axis=1).numpy(), [2, 4])
np.testing.assert_array_equal(t[:, tf.newaxis, 1].numpy(), [[2], [4]])
np.testing.assert_array_equal(tf.reshape(t, [-1]).numpy(), [1, 2, 3, 4])
np.testing.assert_array_equal(tf.transpose(t).numpy(), [[1, 3], [2, 4]])
assert tf.concat([t, t], 0).shape == (4, 2) and tf.stack([t, t]).shape == (2, 2, 2)
assert tf.expand_dims(t, -1).shape == (2, 2, 1)
assert tf.squeeze(tf.zeros((1, 3, 1))).shape == (3,)
assert tf.cast(2.7, tf.int32).numpy() == 2
np.testing.assert_array_equal(tf.one_hot([0, 2], 3).numpy(), [[1, 0, 0], [0, 0, 1]])
np.testing.assert_array_equal(tf.argmax(t, axis=1).numpy(), [1, 1])
np.testing.assert_array_equal(tf.where(t > 2, t, tf.zeros_like(t)).numpy(), [[0, 0], [3, 4]])
np.testing.assert_array_equal(tf.range(2, 8, 2).numpy(), [2, 4, 6])
np.testing.assert_array_equal(tf.gather([5, 6, 7], [2, 0]).numpy(), [7, 5])
np.testing.assert_allclose(tf.linalg.inv(t).numpy(), [[-2, 1], [1.5, -0.5]], rtol=1e-5)
values, places = tf.math.top_k(tf.constant([1.0, 9.0, 5.0]), k=2)
assert values.numpy().tolist() == [9, 5] and places.numpy().tolist() == [1, 2]
parts = tf.split(tf.range(6), [1, 2, 3])
assert [len(part) for part in parts] == [1, 2, 3]
v = tf.Variable(3.0)
v.assign_add(1.0)
assert v.numpy() == 4.0 and isinstance(v, tf.Variable) and "tf.Variable" in repr(v)
assert tf.math.confusion_matrix([0, 1, 1], [0, 1, 0]).numpy().tolist() == [[1, 0], [1, 1]]
assert tf.executing_eagerly() and tf.is_tensor(t) and not tf.is_tensor(np.ones(2))
assert tf.rank(t).numpy() == 2 and tf.size(t).numpy() == 4
assert tf.shape(t).numpy().tolist() == [2, 2]
clipped, norm = tf.clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0)
np.testing.assert_allclose([norm, *clipped[0]], [5, 0.6, 0.8], rtol=1e-6)
assert f"{tf.constant(1.5):.2f}" == "1.50"
