"""tf.image: flips, resize, grey, brightness, crops."""

import numpy as np
import tensorflow as tf

image = tf.constant(np.arange(48, dtype="uint8").reshape(4, 4, 3))
flipped = tf.image.flip_left_right(image)
np.testing.assert_array_equal(flipped.numpy(), image.numpy()[:, ::-1])
assert tf.image.resize(image, (2, 2)).shape == (2, 2, 3)
assert tf.image.resize(image, [8, 8], method="nearest").dtype == tf.uint8
grey = tf.image.rgb_to_grayscale(image)
assert grey.shape == (4, 4, 1) and tf.image.grayscale_to_rgb(grey).shape == (4, 4, 3)
scaled = tf.image.convert_image_dtype(image, tf.float32)
np.testing.assert_allclose(scaled.numpy(), image.numpy() / 255, rtol=1e-6)
brighter = tf.image.adjust_brightness(scaled, 0.1)
np.testing.assert_allclose(brighter.numpy(), image.numpy() / 255 + 0.1, rtol=1e-5)
assert tf.image.central_crop(image, 0.5).shape == (2, 2, 3)
assert tf.image.resize_with_crop_or_pad(image, 6, 2).shape == (6, 2, 3)
assert tf.image.random_crop(image, (2, 3, 3)).shape == (2, 3, 3)
standard = tf.image.per_image_standardization(image).numpy()
np.testing.assert_allclose([standard.mean(), standard.std()], [0, 1], atol=1e-5)
tf.random.set_seed(1)
first = tf.random.normal((3,)).numpy()
tf.random.set_seed(1)
np.testing.assert_array_equal(tf.random.normal((3,)).numpy(), first)
assert tf.random.uniform((4,), 0, 5, dtype=tf.int32).numpy().max() < 5
assert sorted(tf.random.shuffle(tf.range(5)).numpy()) == [0, 1, 2, 3, 4]
