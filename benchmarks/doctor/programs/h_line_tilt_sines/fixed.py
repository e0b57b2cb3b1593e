import numpy as np
from keras import Input, Model, layers, optimizers, utils
from sklearn.model_selection import train_test_split

utils.set_random_seed(31)
rng = np.random.default_rng(31)
grid_y, grid_x = np.mgrid[-1:1:24j, -1:1:24j]


def draw(angle):
    away = np.abs(grid_x * np.sin(angle) - grid_y * np.cos(angle) + rng.normal(0, 0.1))
    return np.exp(-(away / 0.15) ** 2) + rng.normal(0, 0.1, away.shape)


angles = rng.uniform(0, np.pi, 1000)
images = np.stack([draw(a) for a in angles])[..., None].astype("float32")
wanted = np.stack([np.sin(2 * angles), np.cos(2 * angles)], axis=1)
x_tr, x_te, y_tr, y_te = train_test_split(images, wanted, test_size=0.25, random_state=1)

inp = Input((24, 24, 1))
h = layers.Flatten()(inp)
for width in (96, 96, 64, 64, 48, 32, 16):
    h = layers.Dense(width, activation="relu")(h)
out = layers.Dense(2, activation="tanh")(h)
model = Model(inp, out)
model.compile(optimizers.SGD(0.05, momentum=0.9), loss="mse")
model.fit(x_tr, y_tr, epochs=16, batch_size=20, validation_split=0.1, verbose=0)

got = model.predict(x_te, verbose=0)
off = np.arctan2(got[:, 0], got[:, 1]) / 2 - np.arctan2(y_te[:, 0], y_te[:, 1]) / 2
off = np.abs((off + np.pi / 2) % np.pi - np.pi / 2)
print("RESULT", "mean_error_degrees", float(np.degrees(off).mean()))
