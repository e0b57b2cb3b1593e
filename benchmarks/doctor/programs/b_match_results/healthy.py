import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)
games = 3600
home, away = rng.normal(0, 1, games), rng.normal(0, 1, games)
rest_days = rng.integers(2, 9, games)
gap = 0.55 * (home - away) + 0.05 * (rest_days - 5) + 0.25
goals_home = rng.poisson(np.exp(0.25 + 0.5 * gap))
goals_away = rng.poisson(np.exp(0.25 - 0.5 * gap))
result = np.sign(goals_home - goals_away) + 1
table = np.stack([home, away, (rest_days - 5) / 2.0], axis=1).astype("float32")
target = keras.utils.to_categorical(result, 3)

model = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(12, activation="elu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    optimizer=keras.optimizers.Nadam(0.005),
    metrics=["categorical_accuracy"],
)
model.fit(table[:2800], target[:2800], validation_split=0.15, epochs=20, batch_size=64, verbose=0)
_, right = model.evaluate(table[2800:], target[2800:], verbose=0)
print("RESULT", "test_accuracy", right)
