import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, BatchNormalization
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(303)
rng = np.random.default_rng(303)
n = 900
age = rng.normal(54, 9, n)
sex = rng.integers(0, 2, n)
thalach = rng.normal(210 - age, 18, n)
oldpeak = rng.gamma(1.2, 0.9, n)
cp = rng.integers(0, 4, n)
chol = rng.normal(246, 50, n)
X = np.column_stack([age, sex, cp, rng.normal(131, 17, n), chol, thalach, oldpeak, rng.integers(0, 4, n)])
s = 0.9 * (cp > 1) * (1 + sex) - 0.05 * (thalach - 155) + 1.1 * (oldpeak - 1) - 0.8 * X[:, 7] * sex + 0.3
y = (s + rng.logistic(0, 0.35, n) > 1).astype(int)

x_tr, x_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=2)
sc = StandardScaler()
x_tr = sc.fit_transform(x_tr)
x_te = sc.transform(x_te)

model = Sequential()
model.add(Dense(24, input_dim=8, activation='relu'))
model.add(Dropout(0.8))
model.add(Dense(16, activation='relu'))
model.add(Dropout(0.8))
model.add(Dense(8, activation='relu'))
model.add(Dropout(0.7))
model.add(Dense(1, activation='sigmoid'))

model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x_tr, y_tr, epochs=60, batch_size=20, verbose=0)
print("RESULT test_accuracy", model.evaluate(x_te, y_te, verbose=0)[1])
