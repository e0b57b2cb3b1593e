import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
N = 1400
kind = rng.integers(0, 3, N)
thick = rng.uniform(1, 5, N)
yy, xx = np.mgrid[-6:7, -6:7]
slant = np.stack([xx, yy, (xx + yy) / 1.4])[kind]
shift = rng.uniform(-2, 2, (N, 1, 1))
pics = 1 / (1 + np.exp(4 * (np.abs(slant - shift) - thick[:, None, None] / 2)))
pics = (pics + rng.normal(0, 0.25, pics.shape)).astype("float32")[..., None]
thick = ((thick - 3) / 1.15).astype("float32")

image = keras.Input((13, 13, 1))
t = layers.Conv2D(12, 3, activation="relu", padding="same")(image)
t = layers.AveragePooling2D()(t)
t = layers.Flatten()(t)
t = layers.Dense(48, activation="relu")(t)
t = layers.Dense(24, activation="relu")(t)
kind_head = layers.Dense(3, activation="softmax", name="kind")(t)
thick_head = layers.Dense(1, name="thick")(t)
model = keras.Model(image, {"kind": kind_head, "thick": thick_head})
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003),
              loss={"kind": "sparse_categorical_crossentropy", "thick": "mse"},
              loss_weights={"kind": 1.0, "thick": 0.5})
cut = 1000
model.fit(pics[:cut], {"kind": kind[:cut], "thick": thick[:cut]}, epochs=10, batch_size=40, verbose=0)
pred = model.predict(pics[cut:], verbose=0)
print("RESULT", "kind_accuracy", float((pred["kind"].argmax(1) == kind[cut:]).mean()))
