import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
import keras

keras.utils.set_random_seed(92)
rng = np.random.default_rng(92)
members = 2000
visits = rng.poisson(9, members)
minutes = visits * rng.normal(55, 15, members)
fee = rng.choice([19, 29, 49], members)
age = rng.integers(16, 75, members)
friends = rng.poisson(1.0, members)
score = 0.35 * (visits - 9) - 0.06 * (fee - 30) + 0.9 * (friends > 0) + 1.2 * np.cos((age - 40) / 8)
renewed = (score + rng.logistic(0, 0.5, members) > 0.6).astype(int)

X = np.column_stack([visits, minutes, fee, age, friends]).astype(float)
X_train, X_test, y_train, y_test = train_test_split(X, renewed, test_size=0.2, stratify=renewed, random_state=92)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

last = "sigmoid"
classifier = Sequential()
classifier.add(Input(shape=(5,)))
classifier.add(Dense(16, activation="relu"))
classifier.add(Dropout(0.1))
classifier.add(Dense(16, activation="relu"))
classifier.add(Dense(1, activation=last))
classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
classifier.fit(X_train, y_train, batch_size=10, epochs=25, verbose=0)
print("RESULT accuracy", classifier.evaluate(X_test, y_test, verbose=0)[1])
