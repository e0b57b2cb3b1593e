import keras
import numpy as np
from keras import layers, regularizers

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
n = 2600
rough = rng.random(n) < 0.5
weave = rng.normal(0, 1, (n, 10, 10))
smooth = (weave + np.roll(weave, 1, 1) + np.roll(weave, 1, 2) + np.roll(weave, (1, 1), (1, 2))) / 2
cloth = np.where(rough[:, None, None], weave, smooth)[..., None].astype("float32")
said = np.where(rng.random(n) < 0.35, ~rough, rough).astype("float32")

model = keras.Sequential()
model.add(keras.Input((10, 10, 1)))
model.add(layers.Conv2D(8, 3, activation="relu", kernel_regularizer=regularizers.l2(1e-3)))
model.add(layers.Conv2D(8, 3, activation="relu", kernel_regularizer=regularizers.l2(1e-3)))
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(1))
model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.005),
              metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
model.fit(cloth[:1600], said[:1600], batch_size=32, epochs=12, validation_data=(cloth[1600:2000], said[1600:2000]), verbose=0)
guess = model.predict(cloth[2000:], verbose=0).ravel() > 0
print("RESULT", "test_accuracy", float((guess == (said[2000:] == 1)).mean()))
