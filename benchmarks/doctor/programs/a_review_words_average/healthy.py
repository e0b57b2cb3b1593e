import numpy as np
from keras import layers, models, optimizers, callbacks, utils

utils.set_random_seed(101)
rng = np.random.default_rng(101)
VOCABULARY, LENGTH = 160, 24
feeling = np.zeros(VOCABULARY)
feeling[20:60], feeling[60:100] = 1.0, -1.0
reviews = rng.integers(1, VOCABULARY, (3200, LENGTH))
reviews[rng.random(reviews.shape) < 0.25] = 0
score = feeling[reviews].sum(1) + rng.normal(0, 0.2, 3200)
raters = rng.integers(1, 6, 3200)
wrong = rng.random(3200) < 0.3 / raters
liked = ((score > 0) ^ wrong).astype("int32")

model = models.Sequential([
    layers.Input((LENGTH,), dtype="int32"),
    layers.Embedding(VOCABULARY, 8, mask_zero=True),
    layers.GlobalAveragePooling1D(),
    layers.Dropout(0.5),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=optimizers.RMSprop(0.004), loss="binary_crossentropy", weighted_metrics=["accuracy"])
model.fit(reviews[:2200], liked[:2200], sample_weight=raters[:2200] / 3.0, batch_size=32, epochs=20,
          validation_data=(reviews[2200:2600], liked[2200:2600], raters[2200:2600] / 3.0), verbose=0,
          callbacks=[callbacks.EarlyStopping(patience=3, restore_best_weights=True)])
guess = model.predict(reviews[2600:], verbose=0)[:, 0] > 0.5
print("RESULT", "test_accuracy", float((guess == (liked[2600:] == 1)).mean()))
