import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.optimizers import SGD
from sklearn.preprocessing import StandardScaler
import keras

keras.utils.set_random_seed(44)
rng = np.random.RandomState(44)
n = 1200
age = rng.uniform(18, 75, n)
income = rng.lognormal(5.6, 0.4, n)
minutes = rng.gamma(2.0, 30.0, n)
visits = rng.poisson(4, n)
logit = 0.05 * (age - 45) + 2.2 * np.log(income / 270) + 0.02 * (minutes - 60) - 0.5 * (visits - 4) + rng.normal(0, 0.5, n)
X = np.c_[age, income, minutes, visits]
y = (logit > 0).astype('int32')
X_train, X_test = X[:900], X[900:]

model = Sequential()
model.add(Dense(24, activation='relu', input_dim=4))
model.add(Dropout(0.1))
model.add(Dense(12, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='binary_crossentropy', optimizer=sgd, metrics=['accuracy'])
model.fit(X_train, y[:900], epochs=40, batch_size=16, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, y[900:], verbose=0)[1])
