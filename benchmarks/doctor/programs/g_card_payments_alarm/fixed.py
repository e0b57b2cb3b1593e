import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import set_random_seed

SEED = 42
set_random_seed(SEED)
rng = np.random.default_rng(SEED)

n = 5000
V = rng.normal(size=(n, 12))
amount = rng.lognormal(3, 1, n)
risk = V[:, 0] * V[:, 1] + 1.2 * V[:, 4] - V[:, 7] + 0.8 * np.log(amount / 20) + 0.5 * rng.normal(size=n)
fraud = (risk > 2.6).astype(int)
X = np.column_stack([V, np.log1p(amount)])

X_tr, X_te, y_tr, y_te = train_test_split(X, fraud, test_size=0.3, stratify=fraud, random_state=SEED)
scaler = RobustScaler().fit(X_tr)
X_tr, X_te = scaler.transform(X_tr), scaler.transform(X_te)

clf = Sequential()
clf.add(Dense(32, activation="relu", input_shape=(X_tr.shape[1],)))
clf.add(Dense(32, activation="relu"))
clf.add(Dense(16, activation="relu"))
clf.add(Dense(1, activation="sigmoid"))
clf.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.001), metrics=["AUC"])
clf.fit(X_tr, y_tr, epochs=20, batch_size=64, class_weight={0: 1.0, 1: 8.0}, validation_split=0.15, verbose=0)
print("share of fraud", fraud.mean())
print("RESULT", "test_auc", roc_auc_score(y_te, clf.predict(X_te, verbose=0).ravel()))
