"""TensorFlow's quickstart for beginners: logits, from_logits=True, a model on a model."""

import numpy as np
import tensorflow as tf

print("TensorFlow version:", tf.__version__)
assert tf.__version__.startswith("2.")
x_train = np.random.randint(0, 256, (40, 8, 8), dtype="uint8") / 255.0
y_train = np.random.randint(0, 3, 40)
model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(8, 8)),
        tf.keras.layers.Dense(8, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(3),
    ]
)
predictions = model(x_train[:1]).numpy()
assert predictions.shape == (1, 3) and predictions.dtype == np.float32
probabilities = tf.nn.softmax(predictions).numpy()
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
loss = loss_fn(y_train[:1], predictions).numpy()
np.testing.assert_allclose(loss, -np.log(probabilities[0, y_train[0]]), rtol=1e-4)
model.compile(optimizer="adam", loss=loss_fn, metrics=["accuracy"])
model.fit(x_train, y_train, epochs=1, verbose=0)
model.evaluate(x_train, y_train, verbose=2)
probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
found = probability_model(x_train[:5])
assert repr(found).startswith("<tf.Tensor: shape=(5, 3), dtype=float32, numpy=\narray([[")
assert str(tf.constant(2)) == "tf.Tensor(2, shape=(), dtype=int32)"
np.testing.assert_allclose(tf.reduce_sum(found, axis=1).numpy(), np.ones(5), rtol=1e-5)
