import io
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow import keras

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
m = 1200
age = rng.normal(53, 10, m).clip(30, 83).round()
year = rng.integers(58, 70, m)
nodes = rng.negative_binomial(0.7, 0.12, m).clip(0, 30)
score = 0.25 * (nodes - 4) + 0.08 * (age - 53) - 0.1 * (year - 64) + 0.4 * rng.normal(size=m)
status = np.where(score > 0, 2, 1)
text = "age,year,nodes,status\n" + "\n".join("%d,%d,%d,%d" % row for row in zip(age, year, nodes, status))

data = pd.read_csv(io.StringIO(text))
data = data / data.max()
X = data[["age", "year", "nodes"]].to_numpy()
Y = data["status"].to_numpy()
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=7)

model = keras.Sequential()
model.add(keras.layers.Dense(12, input_dim=3, activation="relu"))
model.add(keras.layers.Dense(8, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
model.fit(X_train, Y_train, epochs=60, batch_size=32, verbose=0)
scores = model.evaluate(X_test, Y_test, verbose=0)
print("%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))
print("RESULT", "test_accuracy", scores[1])
