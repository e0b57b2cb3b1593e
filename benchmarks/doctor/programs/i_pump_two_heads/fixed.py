import numpy as np
import keras
from keras import layers

# Pump monitoring. Inputs: 64 vibration readings and four operating figures.
# Outputs: which of twenty parts is failing, and standardised hours until the next service.
PARTS = 20
keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
n = 3500
part = rng.integers(0, PARTS, n)
wear = rng.uniform(0, 1, n)
load = rng.normal(size=(n, 4))
t = np.arange(64) / 64
hum = np.sin(2 * np.pi * ((1 + 1.5 * part)[:, None] * t + rng.random((n, 1))))
vib = (0.7 + 1.3 * wear)[:, None] * hum + rng.normal(0, 0.3, (n, 64))
hours = 900 - 700 * wear - 120 * load[:, 1] + 60 * load[:, 2] + rng.normal(0, 15, n)
tr, te = slice(0, 2900), slice(2900, n)
hours_z = (hours - hours[tr].mean()) / hours[tr].std()
part_1hot = keras.utils.to_categorical(part, PARTS)

vib_in = keras.Input((64, 1), name="vib")
load_in = keras.Input((4,), name="load")
a = layers.Conv1D(32, 9, activation="relu")(vib_in)
a = layers.MaxPooling1D(2)(a)
a = layers.Conv1D(32, 5, activation="relu")(a)
a = layers.GlobalAveragePooling1D()(a)
z = layers.concatenate([a, layers.Dense(16, activation="relu")(load_in)])
z = layers.Dense(64, activation="relu")(z)
part_out = layers.Dense(PARTS, activation="softmax", name="part")(z)
hours_out = layers.Dense(1, name="hours")(z)

model = keras.Model([vib_in, load_in], {"part": part_out, "hours": hours_out})
model.compile(optimizer=keras.optimizers.Adam(0.002),
              loss={"part": "categorical_crossentropy", "hours": "mae"})
model.fit({"vib": vib[tr, :, None], "load": load[tr]}, {"part": part_1hot[tr], "hours": hours_z[tr]},
          epochs=25, batch_size=32, validation_split=0.1, verbose=0)

said = model.predict({"vib": vib[te, :, None], "load": load[te]}, verbose=0)
print("mean error of the hours", float(abs(said["hours"].ravel() - hours_z[te]).mean() * hours[tr].std()))
print("RESULT", "part_accuracy", float((said["part"].argmax(1) == part[te]).mean()))
