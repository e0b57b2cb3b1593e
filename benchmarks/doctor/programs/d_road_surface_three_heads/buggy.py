import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(57)
rng = np.random.default_rng(57)
n, k = 3000, 5
surface = rng.integers(0, k, n)
speed = rng.uniform(30, 120, n)
centre = rng.normal(0, 1.0, (k, 8))
spectrum = centre[surface] * (speed[:, None] / 75) ** 0.8 + rng.normal(0, 0.7, (n, 8))
wet = rng.random(n) < 0.35
spectrum[:, 6] += 1.2 * wet
grip = ((wet & (surface > 1)) | (speed > 105)).astype("float32")
rough = 0.5 * surface + 0.01 * speed + rng.normal(0, 0.2, n)

X = np.column_stack([spectrum, speed])
X = (X - X[:2300].mean(0)) / X[:2300].std(0)
rough = (rough - rough[:2300].mean()) / rough[:2300].std()
Y = {"surface": surface, "grip": grip, "rough": rough}

inp = keras.Input((9,))
h = layers.Dense(64, activation="relu")(inp)
h = layers.Dense(32, activation="relu")(h)
outs = {"surface": layers.Dense(k, name="surface")(h),
        "grip": layers.Dense(1, activation="sigmoid", name="grip")(h),
        "rough": layers.Dense(1, name="rough")(h)}
model = keras.Model(inp, outs)
model.compile(optimizer=keras.optimizers.Adam(2e-3),
              loss={"surface": "sparse_categorical_crossentropy",
                    "grip": "mae", "rough": "mse"}, metrics={"surface": "accuracy"})
model.fit(X[:2300], {o: v[:2300] for o, v in Y.items()}, epochs=30, batch_size=64, validation_split=0.1, verbose=0)
out = model.predict(X[2300:], verbose=0)
print("RESULT surface_accuracy", (out["surface"].argmax(1) == surface[2300:]).mean())
