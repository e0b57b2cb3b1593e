"""LearningRateScheduler, K.set_value of the rate, a schedule, a stop at an accuracy."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

x = np.linspace(0, 1, 32).reshape(-1, 1)
y = (x[:, 0] > 0.5).astype(int)


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        K.set_value(self.model.optimizer.lr, K.get_value(self.model.optimizer.lr) * 0.5)
        if logs.get("accuracy") > 0.0:
            print("\nReached accuracy so cancelling training!")
            self.model.stop_training = True


model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, "sigmoid", input_shape=[1])])
model.compile(optimizer=tf.optimizers.Adam(0.2), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=5, callbacks=[myCallback()], verbose=0)
assert len(history.epoch) == 1
np.testing.assert_allclose(K.get_value(model.optimizer.lr), 0.1, rtol=1e-6)
scheduler = tf.keras.callbacks.LearningRateScheduler(lambda epoch, lr: 1e-3 * 10 ** (-epoch))
model.fit(x, y, epochs=2, callbacks=[scheduler], verbose=0)
np.testing.assert_allclose(model.optimizer.learning_rate.numpy(), 1e-4, rtol=1e-5)
schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
model.compile(tf.keras.optimizers.legacy.SGD(schedule), "mse")
model.fit(x, y, epochs=1, verbose=0)
