import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
rows = 4000
amount = rng.lognormal(3.3, 1.1, rows)
hour = rng.integers(0, 24, rows)
distance = rng.gamma(1.5, 12, rows)
score = 1.5 * np.abs(np.log(amount) - 3.3) + 2.0 * ((hour < 5) & (distance > 20)) + 0.03 * distance
fraud = (score + rng.logistic(0, 0.3, rows) > 4.4).astype(int)
angle = 2 * np.pi * hour / 24
X = np.c_[np.log(amount), np.sin(angle), np.cos(angle), np.log1p(distance)]
X_fit, X_test, y_fit, y_test = train_test_split(
    X, fraud, test_size=0.3, stratify=fraud, random_state=1)
scale = layers.Normalization()
scale.adapt(X_fit)

model = keras.Sequential([keras.Input((4,)), scale])
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dropout(0.2))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
share = y_fit.mean()
model.fit(X_fit, y_fit, epochs=20, batch_size=64, verbose=0,
          class_weight={0: 0.5 / (1 - share), 1: 0.5 / share})
print("RESULT", "auc", model.evaluate(X_test, y_test, verbose=0, return_dict=True)["auc"])
