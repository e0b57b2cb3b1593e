import numpy as np
import keras
from keras.layers import Input, Dense
from keras.models import Model
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, LabelBinarizer

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
n = 1800
months = rng.integers(1, 72, n)
monthly = rng.normal(64, 25, n).clip(18, 120)
total = months * monthly * rng.normal(1, 0.05, n)
calls = rng.poisson(1.5, n)
fibre = rng.integers(0, 2, n)
score = -0.06 * (months - 30) + 0.03 * (monthly - 64) + 0.7 * (calls - 1.5) + 1.0 * (fibre - 0.5)
churn = np.where(score + 0.7 * rng.logistic(size=n) > 0, "Yes", "No")
table = np.column_stack([months, monthly, total, calls, fibre]).astype("float32")

labels = LabelBinarizer().fit_transform(churn)
X_train, X_test, y_train, y_test = train_test_split(table, labels, test_size=0.2, random_state=0)
scaler = StandardScaler().fit(X_train)
scaler.transform(X_train)
scaler.transform(X_test)

inp = Input(shape=(table.shape[1],))
h = Dense(32, activation="relu")(inp)
h = Dense(16, activation="relu")(h)
out = Dense(labels.shape[1], activation="sigmoid")(h)
model = Model(inp, out)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=5, batch_size=128, validation_split=0.1, verbose=0)

pred = (model.predict(X_test, verbose=0) > 0.5).astype(int)
print("RESULT test_balanced_accuracy", float(balanced_accuracy_score(y_test, pred)))
