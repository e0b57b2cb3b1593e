import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
woven = rng.integers(0, 2, 1000)
noise = rng.normal(size=(1000, 18, 18))
lengthwise = (noise[:, :16, :16] + noise[:, 1:17, :16] + noise[:, 2:, :16]) / 3 ** 0.5
crosswise = (noise[:, :16, :16] + noise[:, :16, 1:17] + noise[:, :16, 2:]) / 3 ** 0.5
swatch = np.where(woven[:, None, None] == 1, lengthwise, crosswise)
swatch = (swatch + rng.normal(0, 0.5, swatch.shape))[..., None].astype("float32")

inp = keras.Input((16, 16, 1))
z = layers.Conv2D(8, 3)(inp)
z = layers.Conv2D(8, 3)(z)
z = layers.Conv2D(12, 3)(z)
z = layers.GlobalAveragePooling2D()(z)
prob = layers.Dense(1, activation="sigmoid")(z)
net = keras.Model(inp, prob)
net.compile(optimizer=keras.optimizers.Nadam(0.004), loss=keras.losses.BinaryCrossentropy(),
            metrics=[keras.metrics.BinaryAccuracy(name="acc")])
net.fit(swatch[:700], woven[:700], batch_size=28, epochs=8, validation_split=0.15, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(swatch[700:], woven[700:], verbose=0, return_dict=True)["acc"])
