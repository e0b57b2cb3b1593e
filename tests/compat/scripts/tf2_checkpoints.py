"""The save-and-load tutorial: training_1/cp.ckpt, latest_checkpoint, a SavedModel folder."""

import os

import numpy as np
import tensorflow as tf
from tensorflow import keras

x, y = np.random.rand(20, 4), np.random.randint(0, 3, 20)


def create_model():
    model = tf.keras.models.Sequential(
        [keras.layers.Dense(4, activation="relu", input_shape=(4,)), keras.layers.Dense(3)]
    )
    model.compile(
        optimizer="adam",
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[tf.metrics.SparseCategoricalAccuracy()],
    )
    return model


checkpoint_path = "training_1/cp-{epoch:04d}.ckpt"
checkpoint_dir = os.path.dirname(checkpoint_path)
cp_callback = tf.keras.callbacks.ModelCheckpoint(
    filepath=checkpoint_path, save_weights_only=True, verbose=1
)
model = create_model()
model.save_weights(checkpoint_path.format(epoch=0))
model.fit(x, y, epochs=2, callbacks=[cp_callback], verbose=0)
latest = tf.train.latest_checkpoint(checkpoint_dir)
assert latest == "training_1/cp-0002.ckpt", latest
model = create_model()
model.load_weights(latest).expect_partial()
expected = model.predict(x, verbose=0)
model.save("saved_model/my_model")
assert os.path.isdir("saved_model/my_model")
new_model = tf.keras.models.load_model("saved_model/my_model")
np.testing.assert_array_equal(new_model.predict(x, verbose=0), expected)
loss, acc = new_model.evaluate(x, y, verbose=2)
