import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(59)
rng = np.random.default_rng(59)

def employees(n, low, high):
    df = pd.DataFrame({'years': rng.uniform(low, high, n), 'level': rng.integers(1, 8, n),
                       'hours': rng.normal(40, 4, n), 'remote': rng.integers(0, 2, n)})
    df['salary'] = 24 + 2.1 * df.years + 4.5 * df.level * (1 + df.years / 40) + 0.5 * (df.hours - 40) + rng.normal(0, 2, n)
    return df

train = employees(1200, 0, 40)
test = employees(300, 0, 15)
cols = ['years', 'level', 'hours', 'remote']

scaler = MinMaxScaler()
X_train = scaler.fit_transform(train[cols])
X_test = scaler.transform(test[cols])
m, s = train.salary.mean(), train.salary.std()

model = Sequential()
model.add(Dense(32, activation='relu', input_shape=(4,)))
model.add(Dense(16, activation='relu'))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse', metrics=['mae'])
model.fit(X_train, (train.salary - m) / s, validation_split=0.15, epochs=60, batch_size=32, verbose=0)

pred = model.predict(X_test, verbose=0).ravel() * s + m
print('RESULT mae', float(np.abs(pred - test.salary).mean()))
