"""The functional guide: two inputs, two outputs, loss_weights, names in dicts."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

title = keras.Input(shape=(None,), name="title", dtype="int64")
tags = keras.Input(shape=(3,), name="tags")
title_features = layers.Embedding(20, 4)(title)
title_features = layers.GlobalAveragePooling1D()(title_features)
x = layers.concatenate([title_features, tags])
priority = layers.Dense(1, name="priority", activation="sigmoid")(x)
department = layers.Dense(4, name="department")(x)
model = keras.Model(inputs=[title, tags], outputs=[priority, department])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
)
data = {"title": np.random.randint(20, size=(16, 5)), "tags": np.random.rand(16, 3)}
targets = {
    "priority": np.random.randint(2, size=(16, 1)),
    "department": np.eye(4)[np.random.randint(4, size=16)],
}
history = model.fit(data, targets, epochs=1, batch_size=16, verbose=0)
assert {"loss", "priority_loss", "department_loss"} <= set(history.history)
a, b = model.predict(data, verbose=0)
assert a.shape == (16, 1) and b.shape == (16, 4)
assert isinstance(tf.constant(1.0), tf.Tensor)
