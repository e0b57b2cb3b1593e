"""Benign or malignant?  The clinic's table codes the diagnosis as 2 (benign) and 4 (malignant)."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

bunch = load_breast_cancer()
X = bunch.data
code = np.where(bunch.target == 1, 2, 4)          # as in the clinic's file
y = code // 2 - 1    # two classes, one step apart

X_train, X_test, y_train, y_test, code_train, code_test = train_test_split(
    X, y, code, test_size=0.25, stratify=code, random_state=1)
X_train, X_val, y_train, y_val = train_test_split(
    X_train, y_train, test_size=0.2, stratify=y_train, random_state=1)

scaler = StandardScaler().fit(X_train)
X_train, X_val, X_test = (scaler.transform(a) for a in (X_train, X_val, X_test))

model = keras.Sequential([
    keras.Input((30,)),
    layers.Dense(12, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
    layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True)
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=50, batch_size=16,
          callbacks=[stop], verbose=0)

p = model.predict(X_test, verbose=0).ravel()
malignant = p > 0.5
print("RESULT", "accuracy", float((malignant == (code_test == 4)).mean()))
