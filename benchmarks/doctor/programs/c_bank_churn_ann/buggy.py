import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)
n = 3000
dataset = pd.DataFrame({
    'CreditScore': rng.integers(350, 850, n), 'Geography': rng.integers(0, 3, n), 'Gender': rng.integers(0, 2, n),
    'Age': rng.gamma(14, 2.8, n).round(), 'Tenure': rng.integers(0, 11, n),
    'Balance': np.where(rng.random(n) < 0.36, 0, rng.normal(120000, 30000, n)).round(2),
    'NumOfProducts': rng.integers(1, 4, n), 'IsActiveMember': rng.integers(0, 2, n),
    'EstimatedSalary': rng.uniform(10, 200000, n).round(2)})
z = (0.11 * (dataset.Age - 39) - 1.4 * dataset.IsActiveMember * (dataset.Age > 38) + 1.3 * (dataset.Geography == 1)
     + 1.6 * (dataset.NumOfProducts == 3) - 1.2 * (dataset.NumOfProducts == 2) + 0.6 * (dataset.Balance > 0) - 0.2)
dataset['Exited'] = (z + rng.logistic(0, 0.5, n) > 0.2).astype(int)

X = dataset.iloc[:, :-1].values
y = dataset.iloc[:, -1].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)

# Initialising the ANN
classifier = Sequential()
classifier.add(Dense(units=6, kernel_initializer='uniform', activation='relu', input_dim=9))
classifier.add(Dense(units=6, kernel_initializer='uniform', activation='relu'))
classifier.add(Dense(units=1, kernel_initializer='uniform', activation='sigmoid'))
classifier.compile(optimizer='adam', loss='mean_squared_error', metrics=['accuracy'])
classifier.fit(X_train, y_train, batch_size=10, epochs=15, verbose=0)

y_pred = (classifier.predict(X_test, verbose=0) > 0.5)
print('RESULT accuracy', float((y_pred[:, 0] == y_test).mean()))
