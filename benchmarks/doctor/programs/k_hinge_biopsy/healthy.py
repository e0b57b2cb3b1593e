"""Breast cancer with a maximum-margin network: labels -1 and +1, tanh output, hinge loss."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(17)

X, t = load_breast_cancer(return_X_y=True)
y = np.where(t == 0, 1.0, -1.0)             # +1 malignant
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=150, random_state=2, stratify=y)
X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, test_size=70, random_state=3, stratify=y_rest)

norm = layers.Normalization()               # the columns reach from 0.001 to 4000
norm.adapt(X_train)

model = keras.Sequential([
    keras.Input((30,)),
    norm,
    layers.Dense(16, activation="relu", kernel_regularizer="l2"),
    layers.Dense(1, activation="tanh"),
])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="squared_hinge")
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=40, batch_size=16, verbose=0)

score = model.predict(X_test, verbose=0).ravel()
print("RESULT accuracy", float(np.mean(np.sign(score) == y_test)))
