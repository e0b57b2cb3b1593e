import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, optimizers

tf.keras.utils.set_random_seed(11)
(x, y), (xt, yt) = tf.keras.datasets.cifar10.load_data()
wanted = [0, 6, 9]


def pick(images, labels, count):
    rows = np.flatnonzero(np.isin(labels.ravel(), wanted))[:count]
    return images[rows].astype("float32") / 255.0, np.searchsorted(wanted, labels.ravel()[rows])


x, y = pick(x, y, 2500)
xt, yt = pick(xt, yt, 800)

schedule = optimizers.schedules.ExponentialDecay(initial_learning_rate=0.02, decay_steps=10 * 34,
                                                 decay_rate=0.1)
inputs = layers.Input(shape=(32, 32, 3))
h = layers.Conv2D(16, (3, 3), strides=2, activation="relu", padding="same")(inputs)
h = layers.Conv2D(32, (3, 3), strides=2, activation="relu", padding="same")(h)
h = layers.Flatten()(h)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(3, activation="softmax")(h)
model = models.Model(inputs, outputs)
model.compile(optimizer=optimizers.SGD(learning_rate=schedule, momentum=0.9),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=64, validation_split=0.15, verbose=0)
_, acc = model.evaluate(xt, yt, verbose=0)
print("RESULT", "test_accuracy", acc)
