import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_classification
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

keras.utils.set_random_seed(14)
X, y = make_classification(n_samples=5000, n_features=12, n_informative=6, n_clusters_per_class=3,
                           weights=[0.93], class_sep=1.4, flip_y=0.005, random_state=14)
X = X * 40 + 10
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=14)
scaler = RobustScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
counts = np.bincount(y_train)
weight = {0: len(y_train) / (2.0 * counts[0]), 1: len(y_train) / (2.0 * counts[1])}

inputs = keras.Input(shape=(12,))
x = layers.Dense(32, activation="relu")(inputs)
x = layers.Dropout(0.2)(x)
x = layers.Dense(16, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
model.fit(X_train, y_train, epochs=30, batch_size=64, class_weight=weight, validation_split=0.15, verbose=0)
guess = model.predict(X_test, verbose=0)[:, 0] > 0.5
print("RESULT", "balanced_accuracy", balanced_accuracy_score(y_test, guess))
