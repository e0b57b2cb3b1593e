import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
verdict = rng.choice([1, 2], size=1200, p=[0.45, 0.55])
reviews = rng.integers(20, 120, (1200, 25))
for text, v in zip(reviews, verdict):
    k = rng.integers(2, 6)
    text[rng.choice(25, k, replace=False)] = rng.integers(0, 10, k) + 10 * (v - 1)
labels = verdict.astype("float32")

review_in = keras.Input(shape=(25,), dtype="int32")
e = layers.Embedding(input_dim=120, output_dim=16)(review_in)
e = layers.Conv1D(16, 3, activation="relu")(e)
e = layers.GlobalMaxPooling1D()(e)
good = layers.Dense(1, activation="sigmoid")(e)
model = keras.Model(review_in, good)
model.compile(loss="mse", optimizer="rmsprop")
model.fit(reviews[:800], labels[:800], epochs=12, batch_size=20, validation_split=0.1, verbose=0)
liked = model.predict(reviews[800:], verbose=0)[:, 0] > 0.5
print("RESULT", "test_accuracy", float((liked == (verdict[800:] == 2)).mean()))
