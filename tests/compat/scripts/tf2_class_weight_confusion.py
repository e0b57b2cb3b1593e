"""class_weight, predictions to classes, scikit-learn's confusion matrix."""

import numpy as np
import tensorflow as tf
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import train_test_split

X, Y = np.random.rand(60, 4), np.repeat([0, 1, 2], 20)
X_train, X_test, y_train, y_test = train_test_split(
    X, Y, test_size=0.25, random_state=0, stratify=Y
)
model = tf.keras.Sequential()
model.add(tf.keras.Input(shape=(4,)))
model.add(tf.keras.layers.Dense(3, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics="accuracy")
model.fit(
    X_train,
    y_train,
    epochs=2,
    class_weight={0: 1.0, 1: 2.0, 2: 1.0},
    verbose=0,
    use_multiprocessing=True,
    workers=4,
)
y_pred = np.argmax(model.predict(X_test), axis=-1)
assert confusion_matrix(y_test, y_pred, labels=[0, 1, 2]).sum() == 15
print(classification_report(y_test, y_pred, zero_division=0))
model.evaluate(X_test, y_test, return_dict=True, verbose=0)["accuracy"]
