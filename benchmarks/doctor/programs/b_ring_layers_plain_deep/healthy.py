import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(73)
rng = np.random.default_rng(73)
n = 3000
r = rng.uniform(0, 3, n)
a = rng.uniform(0, 2 * np.pi, n)
p = np.column_stack([r * np.cos(a), r * np.sin(a), rng.normal(0, 1, n)])
band = np.floor(r + 0.25 * np.sin(4 * a)).clip(0, 2).astype("int64")
wrong = rng.random(n) < 0.05
band[wrong] = rng.integers(0, 3, wrong.sum())

stack = [keras.Input((3,))]
for _ in range(12):
    stack.append(layers.Dense(40, kernel_initializer="he_normal"))
    stack.append(layers.Activation("relu"))
stack.append(layers.Dense(3))
model = keras.Sequential(stack)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.0005),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(p[:2300], band[:2300], epochs=25, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(p[2300:], band[2300:], verbose=0)[1])
