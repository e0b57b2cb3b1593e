"""A loop of one's own around train_on_batch, with tf.keras.metrics.Mean."""

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential(
    [tf.keras.layers.Dense(4, activation=tf.nn.leaky_relu, input_dim=2), tf.keras.layers.Dense(1)]
)
model.compile(optimizer=tf.train.AdamOptimizer(0.01), loss="mse")
mean = tf.keras.metrics.Mean(name="train_loss")
x = np.random.rand(8, 2).astype("float32")
for step in range(3):
    loss = model.train_on_batch(x, x.sum(axis=1))
    mean(loss)
assert int(model.optimizer.iterations) == 3
assert mean.result().numpy() > 0
mean.reset_states() if hasattr(mean, "reset_states") else mean.reset_state()
assert model.predict_on_batch(x).shape == (8, 1)
assert np.isfinite(model.test_on_batch(x, x.sum(axis=1)))
