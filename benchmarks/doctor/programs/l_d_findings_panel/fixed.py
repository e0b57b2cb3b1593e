"""Which of five findings does a patient have?  Laboratory values and vital signs come in as two inputs;
a patient may have none of the findings or several."""
import numpy as np
import keras
from keras import layers
from sklearn.metrics import f1_score

FINDINGS = ["anaemia", "infection", "dehydration", "hypoxia", "renal"]
keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

n = 5000
labs = rng.normal(size=(n, 10))
vitals = rng.normal(size=(n, 5))
scores = np.column_stack([
    1.6 * labs[:, 0] - labs[:, 1],
    labs[:, 2] + 1.4 * vitals[:, 0],
    labs[:, 3] * 1.2 - labs[:, 4] + 0.8 * vitals[:, 1],
    1.8 * vitals[:, 2] - 0.9 * labs[:, 5],
    1.5 * labs[:, 6] + labs[:, 7] + 0.7 * labs[:, 3],
])
y = (scores + rng.normal(0, 0.25, scores.shape) > 0).astype("float32")

# raw units as the ward delivers them
labs = labs * [14, 2, 60, 5, 30, 8, 40, 12, 3, 1] + [130, 9, 90, 140, 70, 40, 95, 30, 12, 4]
vitals = vitals * [0.7, 14, 3, 15, 4] + [37.1, 82, 95, 125, 17]

tr, va, te = slice(0, 3600), slice(3600, 4200), slice(4200, None)
norm_l, norm_v = layers.Normalization(), layers.Normalization()
norm_l.adapt(labs[tr])
norm_v.adapt(vitals[tr])

in_l = keras.Input((10,), name="labs")
in_v = keras.Input((5,), name="vitals")
a = layers.Dense(32, activation="relu")(norm_l(in_l))
b = layers.Dense(16, activation="relu")(norm_v(in_v))
h = layers.Concatenate()([a, b])
h = layers.Dense(32, activation="relu")(h)
out = layers.Dense(len(FINDINGS), activation="sigmoid", name="findings")(h)
model = keras.Model([in_l, in_v], out)
model.compile(optimizer="adam", loss="binary_crossentropy",
              metrics=[keras.metrics.BinaryAccuracy(name="bin_acc")])
model.fit([labs[tr], vitals[tr]], y[tr], validation_data=([labs[va], vitals[va]], y[va]),
          epochs=30, batch_size=64, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)])

p = model.predict([labs[te], vitals[te]], verbose=0) > 0.5
print("RESULT", "f1", float(f1_score(y[te], p, average="macro", zero_division=0)))
