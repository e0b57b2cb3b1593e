import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
X = rng.normal(size=(2600, 12))
claim = (X[:, 0] + X[:, 1] - 0.7 * X[:, 2] + rng.normal(0, 1.2, 2600) > 2.6).astype(int)
X_new, y_new, X, claim = X[1600:], claim[1600:], X[:1600], claim[:1600]

def balance(a, b):
    rare = np.where(b == 1)[0]
    more = rng.choice(rare, (b == 0).sum() - len(rare))
    return np.concatenate([a, a[more]]), np.concatenate([b, b[more]])

X, claim = balance(X, claim)
X_fit, X_val, y_fit, y_val = train_test_split(X, claim, test_size=0.25, random_state=1, stratify=claim)
model = keras.Sequential([
    keras.Input((12,)),
    layers.Dense(24, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[keras.metrics.Recall(name="recall")])
model.fit(X_fit, y_fit, epochs=15, batch_size=32, validation_data=(X_val, y_val), verbose=0)
seen = model.evaluate(X_val, y_val, verbose=0)[1]
real = model.evaluate(X_new, y_new, verbose=0)[1]
print("RESULT", "recall_promised_minus_real", seen - real, "recall", real)
