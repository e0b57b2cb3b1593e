import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
arm = rng.integers(0, 2, 1600)
turn = np.sqrt(rng.random(1600)) * 3 * np.pi
xy = np.stack([turn * np.cos(turn + np.pi * arm), turn * np.sin(turn + np.pi * arm)], 1)
xy = (xy + rng.normal(0, 0.3, xy.shape)) / 5.0

steps = 40 * (1100 // 32 + 1)
rate = keras.optimizers.schedules.CosineDecay(0.3, decay_steps=steps)
model = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="acc")],
)
model.fit(xy[:1100], arm[:1100], validation_data=(xy[1100:1250], arm[1100:1250]), epochs=40,
          batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(xy[1250:], arm[1250:], verbose=0)[1])
