import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(904)
data, target = make_classification(n_samples=3000, n_features=20, n_informative=10, n_redundant=4,
                                   n_clusters_per_class=4, class_sep=1.2, flip_y=0.03, random_state=904)
scaler = StandardScaler().fit(data[:2200])
data = scaler.transform(data)

inputs = keras.Input((20,), name="basket")
x = layers.Dense(48, activation="relu")(inputs)
x = layers.Dense(24, activation="relu")(x)
risk = layers.Dense(1, activation="sigmoid", name="risk")(x)
model = keras.Model(inputs, risk)
model.compile(optimizer=keras.optimizers.SGD(learning_rate=1.0, momentum=0.9), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(data[:2200], target[:2200], epochs=12, batch_size=64, validation_split=0.15, verbose=0)
loss, accuracy = model.evaluate(data[2200:], target[2200:], verbose=0)
print("RESULT", "test_accuracy", accuracy)
