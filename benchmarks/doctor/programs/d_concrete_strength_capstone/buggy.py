import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import train_test_split
from sklearn.metrics import r2_score

keras.utils.set_random_seed(103)
rng = np.random.default_rng(103)
n = 1030
df = pd.DataFrame({'Cement': rng.uniform(100, 540, n), 'Slag': rng.uniform(0, 360, n) * (rng.random(n) < 0.5),
                   'Water': rng.normal(182, 21, n), 'Superplasticizer': rng.uniform(0, 32, n),
                   'Coarse': rng.normal(973, 78, n), 'Age': rng.choice([1, 3, 7, 28, 56, 90, 180], n)})
df['Strength'] = (0.09 * df.Cement + 0.07 * df.Slag - 0.17 * (df.Water - 182) + 9 * np.log(df.Age)
                  + 0.2 * df.Superplasticizer - 18 + rng.normal(0, 3, n)).clip(2)

X = df.drop(columns='Strength')
y = df['Strength'].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
mean, std = X_train.mean(), X_train.std()
X_train, X_test = ((X_train - mean) / std).values, ((X_test - mean) / std).values

model = Sequential()
model.add(Dense(10, activation='relu', input_shape=(6,)))
model.add(Dense(10, activation='relu'))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mean_squared_error')
model.fit(X_train, y_train, epochs=15, batch_size=32, verbose=0)
print('RESULT', 'r2', r2_score(y_test, model.predict(X_test, verbose=0).ravel()))
