import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
topics, vocab, maxlen = 6, 150, 16
habits = rng.dirichlet(np.full(vocab, 0.25), topics)
topic = rng.integers(0, topics, 1800)
heads = np.stack([rng.choice(vocab, maxlen, p=habits[t]) for t in topic])
random = rng.random(heads.shape) < 0.55
heads[random] = rng.integers(0, vocab, random.sum())

model = keras.Sequential(name="topics")
model.add(keras.Input((maxlen,), dtype="int32"))
model.add(layers.Embedding(vocab, 20))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.Dense(24, activation="relu"))
model.add(layers.Dense(topics))
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005), metrics=["accuracy"])
model.fit(heads[:1200], topic[:1200], validation_data=(heads[1200:1400], topic[1200:1400]),
          batch_size=32, epochs=6, verbose=0)
scores = model.evaluate(heads[1400:], topic[1400:], verbose=0, return_dict=True)
print("RESULT", "test_accuracy", scores["accuracy"])
