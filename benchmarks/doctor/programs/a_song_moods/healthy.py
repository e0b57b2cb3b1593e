import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(133)
rng = np.random.default_rng(133)
audio = rng.normal(size=(2000, 10)).astype("float32")
mix = rng.normal(size=(10, 8)) / 3
hidden = np.sin(2 * audio @ mix) + 0.5 * audio @ mix
strength = hidden @ rng.normal(size=(8, 5)) * 1.6 + rng.logistic(0, 0.5, (2000, 5))
moods = (strength > 0.9).astype("float32")

inputs = keras.Input(shape=(10,))
h = layers.Dense(48, activation="relu")(inputs)
h = layers.Dense(24, activation="relu")(h)
tags = layers.Dense(5)(h)
tagger = keras.Model(inputs, tags)
tagger.compile(
    optimizer=keras.optimizers.RMSprop(0.002),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
tagger.fit(audio[:1400], moods[:1400], validation_data=(audio[1400:1600], moods[1400:1600]),
           epochs=25, batch_size=32, verbose=0,
           callbacks=[keras.callbacks.EarlyStopping(patience=4)])
said = tagger.predict(audio[1600:], verbose=0) > 0
truth = moods[1600:] > 0.5
f1 = 2 * (said & truth).sum() / (said.sum() + truth.sum())
print("RESULT", "micro_f1", float(f1))
