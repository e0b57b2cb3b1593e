"""A max-margin network (hinge loss, labels -1 and +1) for the breast cancer data."""
import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(9)
X, t = load_breast_cancer(return_X_y=True)
y = np.where(t == 0, 1.0, -1.0).astype("float32")     # +1 is malignant
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=9, stratify=y)

# the raw measurements go in; the model standardises them itself
norm = layers.Normalization()
norm.adapt(X_train)


def sign_accuracy(y_true, y_pred):
    return ops.mean(ops.cast(ops.equal(ops.sign(y_pred), ops.sign(y_true)), "float32"))


model = keras.Sequential([
    keras.Input((30,)),
    norm,
    layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.003)),
    layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.003)),
])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="squared_hinge", metrics=[sign_accuracy])

y_fit = y_train.reshape(-1, 1)
weight = np.where(y_train > 0, 0.5 / (y_train > 0).mean(), 0.5 / (y_train < 0).mean())
model.fit(X_train, y_fit, sample_weight=weight, batch_size=16, epochs=30, verbose=0)

score = model.predict(X_test, verbose=0).ravel()
recall = [(score[y_test > 0] > 0).mean(), (score[y_test < 0] < 0).mean()]
print("malignant found %.3f, benign left alone %.3f" % tuple(recall))
print("RESULT balanced_accuracy", float(np.mean(recall)))
