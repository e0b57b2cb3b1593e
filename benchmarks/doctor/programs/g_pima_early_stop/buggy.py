import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Dropout
from keras.callbacks import EarlyStopping
from keras.optimizers import Adam
from keras.utils import set_random_seed
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split

set_random_seed(13)
rng = np.random.default_rng(13)
n = 900
glucose = rng.normal(121, 31, n)
bmi = rng.normal(32, 7, n)
age = 21 + rng.gamma(1.3, 9, n)
pedigree = rng.gamma(2.2, 0.21, n)
others = rng.normal([70, 26, 80], [12, 10, 60], (n, 3))
dist = np.hypot((glucose - 121) / 31, (bmi - 32) / 7)
risk = 2.2 * (dist - 1.2) + 0.05 * (age - 33) + 0.9 * (pedigree - 0.46)
y = (risk + rng.logistic(0, 0.35, n) > 0.0).astype('int')
X = np.column_stack([glucose, bmi, age, pedigree, others])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=13)
sc = StandardScaler().fit(X_train)
X_train, X_test = sc.transform(X_train), sc.transform(X_test)

model = Sequential()
model.add(Dense(32, input_dim=7, activation='relu'))
model.add(Dropout(0.1))
model.add(Dense(16, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=Adam(lr=0.002), metrics=['accuracy'])
es = EarlyStopping(monitor='val_accuracy', mode='min', patience=5)
model.fit(X_train, y_train, epochs=60, batch_size=64, callbacks=[es],
          validation_data=(X_test, y_test), verbose=0)
print('RESULT test_accuracy', model.evaluate(X_test, y_test, verbose=0)[1])
