"""Keras 3: keras.ops, keras.random, a functional model, .keras files."""

import os

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers, ops

assert keras.__version__.startswith("3.")
inputs = keras.Input(shape=(6,))
x = layers.Dense(4, activation="gelu")(inputs)
x = layers.LayerNormalization()(x)
outputs = layers.Dense(2)(x)
model = keras.Model(inputs, outputs, name="small")
x = np.random.rand(4, 6).astype("float32")
logits = model(x)
probabilities = ops.softmax(logits)
np.testing.assert_allclose(ops.convert_to_numpy(ops.sum(probabilities, axis=-1)), 1, rtol=1e-5)
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
history = model.fit(x, np.array([0, 1, 0, 1]), epochs=1, verbose=0)
assert "acc" in history.history
model.save("small.keras")
again = keras.saving.load_model("small.keras")
np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
