import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
words = rng.normal(size=(1800, 20))
mixing = rng.normal(size=(20, 6)) * (rng.random((20, 6)) < 0.3)
tags = (words @ mixing + 0.3 * rng.normal(size=(1800, 6)) > -0.2).astype("float32")

inputs = keras.Input((20,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.BatchNormalization()(x)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(6, activation="sigmoid")(x)
tagger = keras.Model(inputs, outputs)
tagger.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["binary_accuracy"])
tagger.fit(words[:1300], tags[:1300], epochs=12, batch_size=64,
           validation_data=(words[1300:1500], tags[1300:1500]), verbose=0)
found = tagger.predict(words[1500:], verbose=0) > 0.5
real = tags[1500:] > 0.5
print("RESULT", "test_f1", float(2 * (found & real).sum() / (found.sum() + real.sum())))
