"""Benign or malignant? Breast cancer data with the codes of the original Wisconsin file."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

BENIGN, MALIGNANT = 2, 4          # class column: 2 for benign, 4 for malignant
data = load_breast_cancer()
diagnosis = np.where(data.target == 1, BENIGN, MALIGNANT)

y = (diagnosis == MALIGNANT).astype("float32")
x_tr, x_te, y_tr, y_te, d_tr, d_te = train_test_split(
    data.data, y, diagnosis, test_size=0.25, random_state=7, stratify=diagnosis)

scaler = StandardScaler().fit(x_tr)
x_tr, x_te = scaler.transform(x_tr), scaler.transform(x_te)


def build():
    m = keras.Sequential()
    m.add(keras.Input((30,)))
    m.add(layers.Dense(12, activation="relu", kernel_regularizer="l2"))
    m.add(layers.Dropout(0.2))
    m.add(layers.Dense(1, activation="sigmoid"))
    m.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.002))
    return m


model = build()
model.fit(x_tr, y_tr, epochs=40, batch_size=16, validation_split=0.15, verbose=0)

p = model.predict(x_te, verbose=0).ravel()
called = np.where(p > 0.5, MALIGNANT, BENIGN)
for code in (BENIGN, MALIGNANT):
    print("code", code, "recall %.3f" % (called[d_te == code] == code).mean())
print("RESULT accuracy", float((called == d_te).mean()))
