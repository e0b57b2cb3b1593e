import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
share = np.array([0.5, 0.35, 0.2])
stamps = {0: np.ones((4, 4)), 1: np.eye(5), 2: np.pad(np.zeros((3, 3)), 1, constant_values=1)}

tags = (rng.random((1800, 3)) < share).astype("float32")
scenes = np.zeros((1800, 16, 16))
for scene, present in zip(scenes, tags):
    for kind in np.flatnonzero(present):
        stamp = stamps[kind]
        top, left = rng.integers(0, 16 - len(stamp), 2)
        window = scene[top:top + len(stamp), left:left + len(stamp)]
        np.maximum(window, stamp, out=window)
scenes = (scenes * 200 + rng.integers(0, 56, scenes.shape)).astype("uint8")[..., None]

model = keras.Sequential([
    keras.Input((16, 16, 1)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(16, 5, padding="same", activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(32, 3, padding="same", activation="relu"),
    layers.GlobalMaxPooling2D(),
    layers.Dense(3, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy",
              metrics=[keras.metrics.AUC(multi_label=True, num_labels=3, name="auc")])
model.fit(scenes[:1100], tags[:1100], batch_size=32, epochs=10, validation_data=(scenes[1100:1300], tags[1100:1300]), verbose=0)
hits = (model.predict(scenes[1300:], verbose=0) > 0.5) == (tags[1300:] == 1)
print("RESULT", "all_tags_right", float(hits.all(axis=1).mean()))
