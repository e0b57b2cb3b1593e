import numpy as np
import keras
from keras import layers
from keras.callbacks import EarlyStopping
from sklearn.model_selection import KFold

keras.utils.set_random_seed(650)
rng = np.random.default_rng(650)
effect = rng.normal(size=20) * 0.2
def patients(n):
    blood = rng.normal(size=(n, 20)).astype("float32")
    return blood, (blood @ effect + rng.logistic(0, 1, n) > 0).astype("float32")
X, y = patients(300)
X_next, y_next = patients(3000)

scores, later = [], []
for train, test in KFold(8, shuffle=True, random_state=650).split(X):
    model = keras.Sequential([
        keras.Input((20,)),
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss="binary_crossentropy", metrics=["accuracy"])
    stop = EarlyStopping(monitor="val_accuracy", patience=15, restore_best_weights=True)
    model.fit(X[train], y[train], epochs=40, batch_size=16, validation_split=0.2,
              callbacks=[stop], verbose=0)
    scores.append(model.evaluate(X[test], y[test], verbose=0)[1])
    later.append(model.evaluate(X_next, y_next, verbose=0)[1])
print("RESULT", "reported_vs_later", abs(float(np.mean(scores) - np.mean(later))))
