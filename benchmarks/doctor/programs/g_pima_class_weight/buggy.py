import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

keras.utils.set_random_seed(7)
rng = np.random.RandomState(7)
n = 768
preg = rng.poisson(3.8, n)
age = 21 + rng.gamma(1.3, 9, n)
bmi = rng.normal(32, 7, n).clip(18, 60)
glucose = rng.normal(121, 31, n).clip(50, 199)
insulin = (glucose * rng.gamma(2, 0.6, n)).clip(0, 800)
pressure = rng.normal(70, 12, n)
skin = rng.normal(26, 10, n).clip(5, 60)
pedigree = rng.gamma(2.2, 0.21, n)
risk = 0.05 * (glucose - 125) + 0.13 * (bmi - 33) + 0.05 * (age - 36) + 2.2 * (pedigree - 0.5) + 0.15 * (preg - 5)
outcome = (risk + rng.logistic(0, 0.6, n) > 0).astype(int)
X = np.column_stack([preg, glucose, pressure, skin, insulin, bmi, pedigree, age])

X_train, X_test, y_train, y_test = train_test_split(X, outcome, test_size=0.25, stratify=outcome, random_state=7)
w = compute_class_weight('balanced', classes=np.array([0, 1]), y=y_train)

model = Sequential()
model.add(keras.Input(shape=(8,)))
model.add(Dense(12, activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='relu'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=80, batch_size=10, class_weight={0: w[0], 1: w[1]}, verbose=0)

pred = (model.predict(X_test, verbose=0).ravel() > 0.5).astype(int)
recall = [(pred[y_test == c] == c).mean() for c in (0, 1)]
print('RESULT balanced_accuracy', float(np.mean(recall)))
