import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import roc_auc_score
from tensorflow import keras
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.callbacks import EarlyStopping

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
n = 900
pregnancies = rng.poisson(3.8, n)
glucose = rng.normal(121, 30, n)
pressure = rng.normal(72, 12, n)
skin = rng.normal(29, 9, n)
insulin = np.exp(rng.normal(4.8, 0.6, n))
bmi = rng.normal(32, 6.5, n)
pedigree = rng.gamma(2.2, 0.21, n)
age = 21 + rng.gamma(1.4, 9, n)
score = (0.075 * (glucose - 125) + 0.2 * (bmi - 33) + 0.09 * (age - 34) * (pregnancies > 2)
         + 2.0 * (pedigree - 0.46) - 0.7)
outcome = (score + rng.logistic(0, 0.8, n) > 0).astype(int)
X = np.column_stack([pregnancies, glucose, pressure, skin, insulin, bmi, pedigree, age])

X_train, X_test, y_train, y_test = train_test_split(X, outcome, test_size=0.25, random_state=17, stratify=outcome)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = keras.Sequential()
model.add(keras.Input(shape=(8,)))
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(16, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

es = EarlyStopping(monitor="val_loss", mode="min", patience=3, restore_best_weights=True)
model.fit(X_train, y_train, epochs=40, batch_size=32, validation_split=0.2, callbacks=[es], verbose=0)
prob = model.predict(X_test, verbose=0).ravel()
print("auc", roc_auc_score(y_test, prob))
print("RESULT", "test_accuracy", float(((prob > 0.5) == y_test).mean()))
