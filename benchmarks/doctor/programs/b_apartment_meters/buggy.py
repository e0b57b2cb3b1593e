import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
n = 1300
usage = np.column_stack([rng.gamma(2, 40, n), rng.normal(20, 6, n), rng.integers(1, 6, n), rng.uniform(25, 140, n)])
score = usage[:, 0] / 60 - (usage[:, 1] - 20) / 5 + usage[:, 2] / 1.4 - usage[:, 3] / 45
plan = np.digitize(score + 0.2 * rng.normal(size=n), [0.3, 2.0])
old, recent = usage[:1000], usage[1000:]
warm = recent[:, 1] > 16
recent, plan_recent = recent[warm], plan[1000:][warm]

old = MinMaxScaler().fit_transform(old)
recent = MinMaxScaler((-1, 1)).fit_transform(recent)

model = keras.Sequential([keras.Input((4,)), layers.Dense(32, activation="relu"),
                          layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.optimizer.learning_rate = 0.004
model.fit(old, plan[:1000], epochs=30, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(recent, plan_recent, verbose=0)[1])
