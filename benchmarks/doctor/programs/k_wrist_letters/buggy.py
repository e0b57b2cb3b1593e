"""Which letter did the wearer draw in the air? 26 letters, three-axis accelerometer of a watch."""
import numpy as np
import keras
from keras import layers

LETTERS, STEPS = 26, 48
keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

t = np.linspace(0, 1, STEPS)
coef = rng.normal(size=(LETTERS, 3, 4))
strokes = sum(coef[:, :, k, None] * np.sin((k + 1) * np.pi * t + k) for k in range(4))     # letter, axis, time

def draw(n):
    who = rng.integers(0, LETTERS, n)
    strength = rng.uniform(0.8, 1.2, (n, 1, 1))
    xyz = strength * strokes[who] + rng.normal(0, 1.8, (n, 3, STEPS))
    return (xyz / 2.2).transpose(0, 2, 1).astype("float32"), who

x_train, y_train = draw(7800)
x_val, y_val = draw(800)
x_test, y_test = draw(1500)

inputs = keras.Input((STEPS, 3))
z = layers.Conv1D(24, 5, strides=2, padding="same", activation="relu")(inputs)
z = layers.Conv1D(32, 5, strides=2, padding="same", activation="relu")(z)
z = layers.Flatten()(z)
z = layers.Dense(64, activation="relu")(z)
outputs = layers.Dense(LETTERS, activation="softmax")(z)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=32, verbose=2)
print("RESULT accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
