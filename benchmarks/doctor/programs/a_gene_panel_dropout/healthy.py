import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(73)
rng = np.random.default_rng(73)
people, genes = 600, 120
factors = rng.normal(size=(people, 6))
panel = factors @ rng.normal(size=(6, genes)) + 2.5 * rng.normal(size=(people, genes))
disease = (factors[:, 0] - factors[:, 1] + 0.4 * rng.normal(size=people) > 0).astype("float32")
train, val, test = slice(0, 240), slice(240, 320), slice(320, None)
panel = (panel - panel[train].mean(0)) / panel[train].std(0)

model = keras.Sequential([
    keras.Input((genes,)),
    layers.Dropout(0.4),
    layers.Dense(48, activation="relu"),
    layers.Dropout(0.6),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(2e-3),
              metrics=["accuracy"])
model.fit(panel[train], disease[train], validation_data=(panel[val], disease[val]), batch_size=16,
          epochs=30, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)])
print("RESULT", "test_accuracy", model.evaluate(panel[test], disease[test], verbose=0)[1])
