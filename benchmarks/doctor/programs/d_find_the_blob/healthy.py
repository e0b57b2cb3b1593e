import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
n, S = 1800, 24
yy, xx = np.mgrid[:S, :S]
where = rng.uniform(5, 19, (n, 2))
what = rng.integers(0, 3, n)
dy, dx = yy - where[:, :1, None], xx - where[:, 1:, None]
shapes = np.where((what == 0)[:, None, None], np.hypot(dy, dx) < 4,
                  np.where((what == 1)[:, None, None], np.maximum(abs(dy), abs(dx)) < 3.2, (abs(dy) + abs(dx)) < 4.6))
frames = (140 * shapes + rng.normal(60, 22, (n, S, S))).clip(0, 255).astype("uint8")
corner = (where / S).astype("float32")

inp = keras.Input((S, S, 1), dtype="uint8")
h = layers.Rescaling(1 / 128, offset=-1)(inp)
for f in (12, 24):
    h = layers.Conv2D(f, 3, padding="same", activation="elu")(h)
    h = layers.MaxPooling2D()(h)
h = layers.Dense(64, activation="elu")(layers.Flatten()(h))
kind = layers.Dense(3, activation="softmax", name="kind")(h)
spot = layers.Dense(2, activation="sigmoid", name="spot")(h)
model = keras.Model(inp, {"kind": kind, "spot": spot})
model.compile(optimizer=keras.optimizers.Nadam(2e-3),
              loss={"kind": "sparse_categorical_crossentropy", "spot": "mae"},
              loss_weights={"kind": 1.0, "spot": 5.0}, metrics={"kind": "accuracy"})
X = frames[..., None]
model.fit(X[:1300], {"kind": what[:1300], "spot": corner[:1300]}, epochs=8, batch_size=32, verbose=0,
          validation_data=(X[1300:1450], {"kind": what[1300:1450], "spot": corner[1300:1450]}))
p = model.predict(X[1450:], verbose=0)
near = np.abs(p["spot"] - corner[1450:]).max(1) < 1.5 / S
print("RESULT", "found_and_named", float((near & (p["kind"].argmax(1) == what[1450:])).mean()))
