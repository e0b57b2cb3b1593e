import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)


def scene():
    img = rng.normal(0.45, 0.08, (32, 32))
    yy, xx = np.mgrid[:32, :32]
    r, c, s = rng.integers(6, 26, 2).tolist() + [rng.uniform(2.5, 4.5)]
    disc = (yy - r) ** 2 + (xx - c) ** 2 <= s * s
    r2, c2 = rng.integers(3, 24, 2)
    box = np.zeros_like(disc)
    box[r2:r2 + 5, c2:c2 + 7] = True
    img[box] += 0.25
    img[disc] += 0.25
    return img, disc


X, M = map(np.array, zip(*[scene() for _ in range(500)]))
X, M = X[..., None].astype("float32"), M[..., None].astype("float32")


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.8)(x)
    return layers.ReLU()(x)


def soft_dice_loss(y, p):
    inter = ops.sum(y * p, axis=(1, 2, 3))
    dice = ops.mean((2 * inter + 1) / (ops.sum(y, axis=(1, 2, 3)) + ops.sum(p, axis=(1, 2, 3)) + 1))
    return keras.losses.binary_crossentropy(ops.reshape(y, (-1,)), ops.reshape(p, (-1,))) + 1 - dice


inp = keras.Input((32, 32, 1))
d1 = block(inp, 8)
d2 = block(layers.MaxPooling2D()(d1), 16)
d3 = block(layers.MaxPooling2D()(d2), 24)
u2 = block(layers.Concatenate()([layers.UpSampling2D()(d3), d2]), 16)
u1 = block(layers.Concatenate()([layers.UpSampling2D()(u2), d1]), 8)
net = keras.Model(inp, layers.Conv2D(1, 1, activation="sigmoid")(u1))
net.compile(keras.optimizers.Adam(3e-3), loss=soft_dice_loss)
net.fit(X[:350], M[:350], validation_data=(X[350:400], M[350:400]), epochs=12, batch_size=16, verbose=0)
p, t = net.predict(X[400:], verbose=0) > 0.5, M[400:] > 0.5
print("RESULT", "test_dice", float(2 * (p & t).sum() / (p.sum() + t.sum())))
