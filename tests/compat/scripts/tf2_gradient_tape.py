"""The quickstart for experts: a training loop with GradientTape, metrics and apply_gradients."""

import numpy as np
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x**2 + 2.0 * x
assert tape.gradient(y, x).numpy() == 8.0
c = tf.constant([1.0, 2.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(c)
    z = tf.reduce_sum(tf.exp(c) * c[::-1])
np.testing.assert_allclose(
    tape.gradient(z, c).numpy(), [2 * np.e + np.e**2, np.e**2 + np.e], rtol=1e-5
)
assert tape.gradient(z, x) is None

xs, ys = np.random.rand(32, 4).astype("float32"), np.random.randint(0, 3, 32)
train_ds = tf.data.Dataset.from_tensor_slices((xs, ys)).shuffle(32).batch(16)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(8, activation="relu", input_shape=(4,)),
        tf.keras.layers.BatchNormalization(),
        tf.keras.layers.Dropout(0.5),
        tf.keras.layers.Dense(3),
    ]
)
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.SGD(0.1)
train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)
    return gradients


for epoch in range(1):
    for images, labels in train_ds:
        gradients = train_step(images, labels)
assert len(gradients) == 6 and all(np.isfinite(g.numpy()).all() for g in gradients)
assert int(optimizer.iterations) == 2 and train_loss.result().numpy() > 0
assert not np.allclose(model.layers[1].moving_mean.numpy(), 0)
