# Digits labelled by volunteers, about 10 % of the labels typed wrongly. Bytes go in as they are:
# the model scales them itself.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, y = x[:8000], y[:8000].astype("int32")
x_test, y_test = x_test[:2000], y_test[:2000]
wrong = rng.random(len(y)) < 0.1
y = np.where(wrong, rng.integers(0, 10, len(y)), y)

inputs = keras.Input((28, 28))
h = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
h = layers.Reshape((28, 28, 1))(h)
h = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(h)
h = layers.BatchNormalization()(h)
h = layers.Activation("relu")(h)
for _ in range(2):
    r = layers.Conv2D(16, 3, padding="same", activation="relu")(h)
    r = layers.Conv2D(16, 3, padding="same")(r)
    h = layers.Activation("relu")(layers.add([h, r]))
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
outputs = layers.Dense(10)(h)

model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
model.fit(x[:7000], y[:7000], validation_data=(x[7000:], y[7000:]), epochs=6, batch_size=64, verbose=2)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
