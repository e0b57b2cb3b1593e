import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
rows = 3000
pressure = rng.normal(230, 25, rows)
mass = rng.normal(1500, 280, rows)
braking = rng.gamma(3, 40, rows)
speed = rng.normal(85, 18, rows)
road = rng.uniform(5, 48, rows)
km = (62000 - 12 * (mass - 1500) - 9 * np.abs(pressure - 235) ** 1.6 - 80 * (braking - 120) * speed / 85
      - 5000 * np.tanh((road - 30) / 8) + rng.normal(0, 1800, rows))

X = np.column_stack([pressure, mass, braking, speed, road])
Xtr, Xte, ytr, yte = train_test_split(X, km, test_size=0.25, random_state=52)
scale_in = layers.Normalization(axis=-1)
scale_in.adapt(Xtr)
to_km = layers.Rescaling(scale=float(ytr.std()), offset=float(ytr.mean()), name="km")

model = keras.Sequential([keras.Input((5,)), scale_in,
                          layers.Dense(64, activation="relu"),
                          layers.Dense(32, activation="relu"),
                          layers.Dense(1), to_km])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mae", metrics=["mean_absolute_percentage_error"])
plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=5)
model.fit(Xtr, ytr, batch_size=32, epochs=45, validation_split=0.15, callbacks=[plateau], verbose=0)
print("RESULT r2", r2_score(yte, model.predict(Xte, verbose=0).ravel()))
