import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
n = 506
rooms = rng.normal(6.3, 0.7, n)
lstat = rng.gamma(3, 4.2, n)
X = np.column_stack([rng.gamma(0.6, 6, n), rng.choice([0, 12.5, 25, 80], n), rng.normal(11, 6.8, n),
                     rng.integers(0, 2, n), rng.normal(0.55, 0.11, n), rooms, rng.uniform(3, 100, n),
                     rng.gamma(4, 0.95, n), rng.integers(1, 24, n), rng.normal(408, 168, n),
                     rng.normal(18.4, 2.1, n), rng.normal(356, 91, n), lstat])
y = 22 + 7 * (rooms - 6.3) - 9 * np.log(lstat / 12) - 1.1 * (X[:, 10] - 18.4) - 14 * (X[:, 4] - 0.55) + rng.normal(0, 2, n)

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)

model = Sequential()
model.add(Dense(13, input_dim=13, kernel_initializer='normal', activation='relu'))
model.add(Dense(6, kernel_initializer='normal', activation='relu'))
model.add(Dense(1, kernel_initializer='normal', activation='sigmoid'))
model.compile(loss='mean_squared_error', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=100, batch_size=5, verbose=0)

print("RESULT", "r2", r2_score(y_test, model.predict(X_test, verbose=0).ravel()))
