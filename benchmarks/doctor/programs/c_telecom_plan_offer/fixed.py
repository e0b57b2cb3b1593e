import numpy as np
import keras
from keras import layers
from sklearn.metrics import accuracy_score

DROP = 0.05
keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)
n = 3000
minutes = rng.gamma(2, 150, n)
data_gb = rng.gamma(1.5, 8, n)
texts = rng.poisson(40, n)
abroad = rng.binomial(12, 0.1, n)
young = rng.random(n) < 0.35
appeal = np.column_stack([2.0 - data_gb / 8 - minutes / 300,
                          1.2 * np.tanh((data_gb - 12) / 5) + 0.5 * young,
                          1.2 * np.tanh((minutes - 320) / 120) + 0.01 * texts,
                          0.9 * abroad - 1.0 + 0.5 * np.tanh((data_gb - 12) / 5)])
plan = (appeal + rng.gumbel(0, 0.2, (n, 4))).argmax(axis=1)
X = np.column_stack([np.log(minutes), np.log(data_gb), texts, abroad, young]).astype("float32")
X = (X - X[:2400].mean(axis=0)) / X[:2400].std(axis=0)

inputs = keras.Input(shape=(5,))
h = layers.Dropout(DROP / 2)(inputs)
for i in range(4):
    h = layers.Dense(20, activation="relu", name=f"hidden_{i}")(h)
    h = layers.Dropout(DROP)(h)
outputs = layers.Dense(4, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X[:2400], plan[:2400], epochs=50, batch_size=32, validation_split=0.15, verbose=0)
print("RESULT accuracy", accuracy_score(plan[2400:], model.predict(X[2400:], verbose=0).argmax(axis=1)))
