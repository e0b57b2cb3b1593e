"""Keras 3: embeddings, attention, a mask from the embedding, pooling."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input((5,), dtype="int32")
x = layers.Embedding(12, 8)(inputs)
attended = layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x)
x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
x = layers.GlobalAveragePooling1D()(x)
outputs = layers.Dense(2, activation="softmax")(x)
model = keras.Model(inputs, outputs)
tokens = np.random.randint(0, 12, (6, 5))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(tokens, np.arange(6) % 2, epochs=1, verbose=0)
np.testing.assert_allclose(model.predict(tokens, verbose=0).sum(axis=1), 1, rtol=1e-5)
