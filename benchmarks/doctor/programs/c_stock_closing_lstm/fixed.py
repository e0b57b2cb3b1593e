import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout

keras.utils.set_random_seed(2018)
rng = np.random.default_rng(2018)
days = np.arange(900)
close = 1150 + 180 * np.sin(days / 28) + 90 * np.sin(days / 9.3 + 1) + rng.normal(0, 12, 900)
df = pd.DataFrame({'Close': close, 'Volume': rng.normal(2.1e6, 3e5, 900).round()})

steps = 20
values = df[['Close', 'Volume']].values
X = np.array([values[i - steps:i] for i in range(steps, len(values))])
y = values[steps:, 0]
X_train, y_train, X_test, y_test = X[:680], y[:680], X[680:], y[680:]

mu, sd = values[:680].mean(axis=0), values[:680].std(axis=0)
X_train, X_test = (X_train - mu) / sd, (X_test - mu) / sd

m, s = y_train.mean(), y_train.std()

regressor = Sequential()
regressor.add(LSTM(units=32, return_sequences=True, input_shape=(steps, 2)))
regressor.add(Dropout(0.1))
regressor.add(LSTM(units=32))
regressor.add(Dense(units=1))
regressor.compile(optimizer='adam', loss='mean_squared_error')
regressor.fit(X_train, (y_train - m) / s, epochs=25, batch_size=32, verbose=0)

predicted = regressor.predict(X_test, verbose=0).ravel() * s + m
print(predicted[:5])
print('RESULT', 'rmse', float(np.sqrt(np.mean((predicted - y_test) ** 2))))
