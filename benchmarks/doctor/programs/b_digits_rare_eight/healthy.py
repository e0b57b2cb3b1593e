import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
d = load_digits()
field = rng.random((len(d.images), 10, 10)) * 0.2
for canvas, image in zip(field, d.images):
    i, j = rng.integers(0, 2, 2)
    canvas[i:i + 8, j:j + 8] += image / 16
eight = (d.target == 8).astype("float32")
rare = np.concatenate([np.flatnonzero(eight == 0), rng.choice(np.flatnonzero(eight == 1), 110, replace=False)])
rng.shuffle(rare)
field, eight = field[rare][..., None], eight[rare]
cut, end = 950, 1150

share = float(eight[:cut].mean())
net = keras.Sequential([
    keras.Input((10, 10, 1)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Conv2D(32, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dropout(0.4),
    layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(np.log(share / (1 - share)))),
])
net.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=[keras.metrics.AUC(curve="PR", name="pr_auc")])
net.fit(field[:cut], eight[:cut], validation_data=(field[cut:end], eight[cut:end]), class_weight={0: 1.0, 1: 4.0},
        batch_size=32, epochs=18, verbose=0)
print("RESULT", "test_pr_auc", net.evaluate(field[end:], eight[end:], verbose=0)[1])
