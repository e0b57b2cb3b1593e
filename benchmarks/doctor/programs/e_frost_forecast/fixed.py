import numpy as np
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

np.random.seed(11)
n = 1500
hour = np.random.uniform(0, 24, n)
cloud = np.random.rand(n)
wind = np.random.gamma(2, 3, n)
height = np.random.uniform(0, 1800, n)
temp = 4 * np.sin((hour - 9) / 24 * 2 * np.pi) * (1 - cloud) - 0.006 * height - 0.2 * wind + 6 + np.random.randn(n)

X = np.column_stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), cloud, wind, height])
X_train, X_test, y_train, y_test = train_test_split(X, temp, test_size=0.2, random_state=11)
sx = StandardScaler().fit(X_train)
sy = StandardScaler().fit(y_train.reshape(-1, 1))
X_train, X_test = sx.transform(X_train), sx.transform(X_test)
y_train = sy.transform(y_train.reshape(-1, 1))
y_test = sy.transform(y_test.reshape(-1, 1))

model = Sequential()
model.add(Dense(32, input_dim=5, kernel_initializer='normal', activation='relu'))
model.add(Dense(16, kernel_initializer='normal', activation='relu'))
model.add(Dense(1, kernel_initializer='normal'))
model.compile(loss='mean_squared_error', optimizer='adam')
model.fit(X_train, y_train, epochs=40, batch_size=20, validation_split=0.15, verbose=0)
pred = model.predict(X_test, verbose=0)
print('RESULT r2', 1 - float(np.mean((pred - y_test) ** 2) / np.var(y_test)))
