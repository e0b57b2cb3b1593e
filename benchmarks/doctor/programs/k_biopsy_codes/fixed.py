"""Exercise 3: benign or malignant? The clinic codes the diagnosis as 2 (benign) and 4 (malignant)."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)

X, target = load_breast_cancer(return_X_y=True)
code = np.where(target == 0, 4, 2)          # as in the clinic's file

y = (code == 4).astype("float32")
X_train, X_test, y_train, y_test, c_train, c_test = train_test_split(
    X, y, code, test_size=0.25, random_state=1, stratify=code)

scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential([
    keras.Input(shape=(30,)),
    layers.Dense(12, activation="relu", kernel_regularizer=keras.regularizers.L2(0.002)),
    layers.Dense(6, activation="relu", kernel_regularizer=keras.regularizers.L2(0.002)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=30, batch_size=16, validation_split=0.15, verbose=2)

malignant = model.predict(X_test, verbose=0).ravel() > 0.5
print("RESULT accuracy", float(np.mean(malignant == (c_test == 4))))
