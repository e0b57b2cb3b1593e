import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(14)
gen = np.random.default_rng(14)
rows, steps, vocab = 1000, 60, 24
share = gen.choice([0.3, 0.7], rows)
chains = np.where(gen.random((rows, steps)) < share[:, None],
                  gen.integers(0, 12, (rows, steps)), gen.integers(12, 24, (rows, steps)))
mood = (share > 0.5).astype("float32")

words = keras.Input((steps,), dtype="int32")
v = layers.Embedding(vocab, 12)(words)
v = layers.SimpleRNN(32, activation="relu", recurrent_initializer=keras.initializers.Identity())(v)
out = layers.Dense(1, activation="sigmoid")(v)
reader = keras.Model(words, out)
reader.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9, clipnorm=0.2),
               loss="binary_crossentropy", metrics=["accuracy"])
reader.fit(chains[:700], mood[:700], epochs=10, batch_size=35, validation_data=(chains[700:800], mood[700:800]), verbose=0)
print("RESULT", "test_accuracy", reader.evaluate(chains[800:], mood[800:], verbose=0)[1])
