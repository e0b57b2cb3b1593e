"""tf.data: from_tensor_slices, map, shuffle, batch, prefetch(AUTOTUNE), take."""

import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
assert tf.data.experimental.AUTOTUNE == AUTOTUNE
x = np.random.randint(0, 256, (24, 4, 4, 1)).astype("uint8")
y = np.random.randint(0, 2, 24)


def scale(image, label):
    return tf.cast(image, tf.float32) / 255.0, label


train_ds = tf.data.Dataset.from_tensor_slices((x, y))
train_ds = train_ds.map(scale, num_parallel_calls=AUTOTUNE).cache()
train_ds = train_ds.shuffle(24).batch(8).prefetch(AUTOTUNE)
for images, labels in train_ds.take(1):
    assert images.shape == (8, 4, 4, 1) and images.numpy().max() <= 1.0
    assert labels.numpy().shape == (8,)
model = tf.keras.Sequential(
    [tf.keras.layers.Flatten(input_shape=(4, 4, 1)), tf.keras.layers.Dense(1, "sigmoid")]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(train_ds, epochs=2, validation_data=train_ds, verbose=0)
assert len(history.history["val_accuracy"]) == 2
assert tf.data.experimental.cardinality if False else len(train_ds) == 3
