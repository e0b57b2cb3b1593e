import numpy as np
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import set_random_seed
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# fix random seed for reproducibility
set_random_seed(7)
rng = np.random.RandomState(7)

# 768 patients: pregnancies, glucose, pressure, skin, insulin, bmi, pedigree, age
n = 768
age = rng.gamma(3.0, 4.0, n) + 21
preg = rng.poisson(np.clip((age - 18) / 6, 0, 9))
glucose = rng.normal(121, 31, n)
bmi = rng.normal(32, 7, n)
X = np.column_stack([preg, glucose, rng.normal(72, 12, n), rng.normal(29, 10, n),
                     np.abs(glucose * rng.normal(1.1, 0.6, n)), bmi,
                     rng.gamma(2.2, 0.21, n), age])
risk = 0.05 * np.maximum(glucose - 120, -15) + 0.016 * (bmi - 32) * (glucose - 105) * (glucose > 105) + 0.9 * X[:, 6] + 0.05 * (age - 33) * (bmi > 31) - 1.0
Y = (risk + rng.logistic(0, 0.4, n) > 0).astype(int)

X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=7, stratify=Y)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

# create model
model = Sequential()
model.add(Dense(12, input_dim=8, activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
# Compile model
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
# Fit the model
model.fit(X_train, Y_train, validation_split=0.2, epochs=40, batch_size=10, verbose=0)

scores = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT %s %.6f" % ("accuracy", scores[1]))
