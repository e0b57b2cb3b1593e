import numpy as np
import pandas as pd
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import set_random_seed
from sklearn.preprocessing import MinMaxScaler
from sklearn.model_selection import train_test_split

set_random_seed(21)
rng = np.random.default_rng(21)
n = 1000
df = pd.DataFrame({
    'duration': rng.integers(4, 72, n),
    'amount': np.exp(rng.normal(7.8, 0.7, n)).round(),
    'age': rng.integers(19, 75, n),
    'rate': rng.integers(1, 5, n),
    'savings': rng.integers(0, 5, n),
    'employed': rng.integers(0, 5, n),
})
bad = 0.05 * (df.duration - 38) + 0.9 * (np.log(df.amount) - 7.8) - 0.6 * (df.savings - 2) - 0.03 * (df.age - 45) - 0.4 * (df.employed - 2)
# 1 = good, 2 = bad customer
df['class'] = np.where(bad + rng.logistic(0, 0.5, n) > 0.3, 2, 1)

X = df.drop(columns='class').values
y = df['class'].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
mms = MinMaxScaler()
X_train = mms.fit_transform(X_train)
X_test = mms.transform(X_test)

classifier = Sequential()
classifier.add(Dense(12, activation='relu', input_dim=6))
classifier.add(Dense(12, activation='relu'))
classifier.add(Dense(1, activation='sigmoid'))
classifier.compile(optimizer='adam', loss='mean_squared_error', metrics=['accuracy'])
classifier.fit(X_train, y_train, batch_size=10, epochs=30, verbose=0)

y_pred = classifier.predict(X_test, verbose=0).ravel() > 0.5
print('RESULT accuracy', float((y_pred == (y_test == y_test.max())).mean()))
