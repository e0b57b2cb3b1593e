"""Five kinds of surface defect on steel plates, told apart by eight measured quantities."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_classification

KINDS = ["pastry", "scratch", "stain", "dirt", "bump"]
keras.utils.set_random_seed(14)
X, y = make_classification(n_samples=4200, n_features=8, n_informative=6, n_redundant=2, n_classes=5,
                           n_clusters_per_class=1, class_sep=2.2, flip_y=0.0, random_state=14)
# area (pixels), perimeter, mean luminosity, length of the conveyer, ...
X = X * [800, 60, 30, 120, 0.2, 4, 9, 0.05] + [2500, 160, 110, 1400, 0.5, 20, 70, 0.4]

X_train, y_train = X[:3200], y[:3200]
X_val, y_val = X[3200:3600], y[3200:3600]
X_test, y_test = X[3600:], y[3600:]

norm = layers.Normalization()
norm.adapt(X_train)

inputs = keras.Input(shape=(8,))
x = norm(inputs)
x = layers.Dense(64, activation="relu")(x)
x = layers.Dense(32, activation="relu")(x)
scores = layers.Dense(len(KINDS))(x)
model = keras.Model(inputs, scores)

model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=20, batch_size=32, verbose=2)
guess = model.predict(X_test, verbose=0).argmax(axis=1)
for k, name in enumerate(KINDS):
    print(name, int((guess == k).sum()), "of", int((y_test == k).sum()))
print("RESULT accuracy", float((guess == y_test).mean()))
