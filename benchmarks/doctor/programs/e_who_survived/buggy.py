import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
n = 891
df = pd.DataFrame({
    'Pclass': rng.integers(1, 4, n),
    'Sex': rng.integers(0, 2, n),
    'Age': rng.normal(30, 14, n).clip(1, 80).round(),
    'SibSp': rng.poisson(0.5, n),
    'Ticket': rng.integers(1000, 40000, n),
})
df['Fare'] = (rng.gamma(2, 15, n) * (4 - df.Pclass)).round(2)
score = 3.2 * df.Sex - 1.1 * (df.Pclass - 2) - 0.03 * (df.Age - 30) - 0.5 * df.SibSp - 1.4
df['Survived'] = (score + rng.logistic(0, 0.5, n) > 0).astype(int)

X = df.drop('Survived', axis=1).values.astype('float32')
y = df['Survived'].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=5)

classifier = Sequential()
classifier.add(Dense(units=6, kernel_initializer='uniform', activation='relu', input_dim=6))
classifier.add(Dense(units=6, kernel_initializer='uniform', activation='relu'))
classifier.add(Dense(units=1, kernel_initializer='uniform', activation='sigmoid'))
classifier.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
classifier.fit(X_train, y_train, batch_size=16, epochs=60, verbose=0)
y_pred = classifier.predict(X_test, verbose=0) > 0.5
print('RESULT', 'test_accuracy', float((y_pred[:, 0] == y_test).mean()))
