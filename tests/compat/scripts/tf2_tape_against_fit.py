"""A step by hand is a step of fit: the same weights after both."""

import numpy as np
import tensorflow as tf

x, y = np.random.rand(8, 3).astype("float32"), np.random.rand(8, 1).astype("float32")


def make():
    tf.random.set_seed(1)
    model = tf.keras.Sequential()
    model.add(tf.keras.layers.Dense(4, activation="tanh", input_dim=3))
    model.add(tf.keras.layers.Dense(1))
    return model


fitted = make()
fitted.compile(tf.keras.optimizers.Adam(0.1), loss="mse")
fitted.fit(x, y, batch_size=8, epochs=2, verbose=0)
by_hand = make()
optimizer = tf.keras.optimizers.Adam(0.1)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.mean_squared_error(y, by_hand(x, training=True)))
    grads = tape.gradient(loss, by_hand.trainable_weights)
    optimizer.apply_gradients(zip(grads, by_hand.trainable_weights))
for a, b in zip(fitted.get_weights(), by_hand.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
with tf.GradientTape() as tape:
    loss = np.mean(by_hand(x).numpy())
try:
    tape.gradient(loss, by_hand.trainable_weights)
except ValueError as error:
    assert "tape" in str(error)
else:
    raise AssertionError
