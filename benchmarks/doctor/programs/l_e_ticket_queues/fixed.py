"""Send help-desk tickets to one of six queues (token ids -> embedding -> queue)."""
import numpy as np
import keras
from keras import layers

VOCAB, LENGTH, QUEUES = 300, 24, 6
keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)


def make_tickets(n):
    """Every queue has 30 words of its own, the rest are common words."""
    queue = rng.integers(0, QUEUES, n)
    own = 100 + queue[:, None] * 30 + rng.integers(0, 30, (n, LENGTH))
    common = rng.integers(1, VOCAB, (n, LENGTH))
    return np.where(rng.random((n, LENGTH)) < 0.4, own, common), queue


x_train, y_train = make_tickets(12000)
x_val, y_val = make_tickets(500)
x_test, y_test = make_tickets(1000)

tokens = keras.Input((LENGTH,), dtype="int32")
h = layers.Embedding(VOCAB, 16)(tokens)
h = layers.Conv1D(32, 3, activation="relu")(h)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dense(32, activation="relu")(h)
scores = layers.Dense(QUEUES)(h)
model = keras.Model(tokens, scores)

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=4, batch_size=32, verbose=2)

predicted = model.predict(x_test, verbose=0).argmax(axis=1)
print("RESULT accuracy", float((predicted == y_test).mean()))
