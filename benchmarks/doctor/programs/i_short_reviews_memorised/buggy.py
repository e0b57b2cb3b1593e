# Review polarity from 25 token ids; we only have nine hundred labelled reviews to learn from.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
VOCAB = 80
mood = rng.normal(size=VOCAB)                                  # how kind each word is
reviews = rng.integers(0, VOCAB, size=(2200, 25))
tone = mood[reviews].sum(1)
liked = tone > 0
liked = (liked ^ (rng.random(2200) < 0.05)).astype("float32")      # one rater in twenty slips
x_train, y_train = reviews[:900], liked[:900]
x_val, y_val = reviews[900:1200], liked[900:1200]
x_test, y_test = reviews[1200:], liked[1200:]

model = keras.Sequential([
    keras.Input((25,)),
    layers.Embedding(VOCAB, 32),
    layers.GlobalAveragePooling1D(),
    layers.Dense(128, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=100, batch_size=16,
          validation_data=(x_val, y_val), verbose=0)

loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("accuracy", acc, "train loss", model.evaluate(x_train, y_train, verbose=0)[0])
print("RESULT", "test_loss", loss)
