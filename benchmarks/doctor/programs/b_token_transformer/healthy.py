import keras
import numpy as np
from keras import layers, ops


class PositionedTokens(layers.Layer):
    def __init__(self, length, vocabulary, width):
        super().__init__()
        self.length = length
        self.tokens = layers.Embedding(vocabulary, width)
        self.places = layers.Embedding(length, width)

    def call(self, ids):
        return self.tokens(ids) + self.places(ops.arange(self.length))


keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
n, length, vocabulary = 2000, 10, 20
ids = rng.integers(4, vocabulary, (n, length))
spots = np.sort(np.argsort(rng.random((n, length)))[:, :3])
orders = np.array([(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)])
kind = rng.integers(0, 6, n)
ids[np.arange(n)[:, None], spots] = orders[kind]

inputs = keras.Input((length,), dtype="int32")
x = PositionedTokens(length, vocabulary, 32)(inputs)
a = layers.MultiHeadAttention(num_heads=4, key_dim=8)(x, x)
x = layers.LayerNormalization()(x + a)
f = layers.Dense(32)(layers.Dense(64, activation="relu")(x))
x = layers.LayerNormalization()(x + f)
logits = layers.Dense(6)(layers.GlobalAveragePooling1D()(x))
model = keras.Model(inputs, logits)
rate = keras.optimizers.schedules.CosineDecay(0.0, decay_steps=230, warmup_target=8e-3, warmup_steps=40)
model.compile(optimizer=keras.optimizers.Adam(rate), metrics=["accuracy"],
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(ids[:1400], kind[:1400], validation_data=(ids[1400:1600], kind[1400:1600]), epochs=12, batch_size=64, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(ids[1600:], kind[1600:], verbose=0)[1])
