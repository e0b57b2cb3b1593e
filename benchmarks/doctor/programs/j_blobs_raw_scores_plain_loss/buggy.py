"""Eight machine states from twelve sensors (made-up clusters)."""
import keras
import numpy as np

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
K, D, N = 8, 12, 3000
centres = rng.normal(size=(K, D)) * 1.2
state = rng.integers(0, K, N)
sensors = centres[state] + rng.normal(size=(N, D)) * 0.6
sensors = (sensors - sensors[:2400].mean(0)) / sensors[:2400].std(0)

x_in = keras.Input((D,), name="sensors")
x = keras.layers.Dense(48, activation="relu")(x_in)
x = keras.layers.Dense(48, activation="relu")(x)
scores = keras.layers.Dense(K, name="scores")(x)
model = keras.Model(x_in, scores)
model.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(sensors[:2400], state[:2400], epochs=15, batch_size=32, verbose=0)
print("RESULT", "accuracy", float(model.evaluate(sensors[2400:], state[2400:], verbose=0)[1]))
