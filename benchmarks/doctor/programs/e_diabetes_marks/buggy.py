import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score

keras.utils.set_random_seed(10)
X, y = load_diabetes(return_X_y=True)
X = X * 20
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7)

model = Sequential()
model.add(Dense(10, input_dim=10, kernel_initializer='normal', activation='tanh'))
model.add(Dense(1, kernel_initializer='normal'))
model.compile(loss='mean_squared_error', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=50, batch_size=8, verbose=0)
print('RESULT', 'r2', r2_score(y_test, model.predict(X_test, verbose=0)))
