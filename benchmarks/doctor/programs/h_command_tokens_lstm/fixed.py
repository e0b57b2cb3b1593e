import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
intent = rng.integers(0, 4, 2400)
tokens = rng.integers(41, 200, (2400, 12))
for row, k in enumerate(intent):
    at = rng.choice(12, 3, replace=False)
    tokens[row, at] = rng.integers(1 + 10 * k, 11 + 10 * k, 3)

text_in = tf.keras.Input(shape=(12,), dtype="int32", name="tokens")
h = layers.Embedding(200, 16)(text_in)
h = layers.LSTM(24)(h)
logits = layers.Dense(4, name="intent")(h)
model = tf.keras.Model(inputs=text_in, outputs=logits)
model.compile(optimizer=tf.keras.optimizers.Adam(0.003),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
model.fit(tokens[:1900], intent[:1900], validation_split=0.1, batch_size=32, epochs=8, verbose=0)
pred = model.predict(tokens[1900:], verbose=0).argmax(-1)
print("RESULT", "test_accuracy", float((pred == intent[1900:]).mean()))
