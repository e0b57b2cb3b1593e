import numpy as np
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout
from keras.callbacks import ReduceLROnPlateau
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
n = 900
day = np.arange(n)
weekly = np.array([0.8, 0.7, 0.9, 1.0, 1.4, 1.9, 0.4])[day % 7]
level = 140 + 30 * np.sin(2 * np.pi * day / 180)
promo = (rng.random(n) < 0.15).astype(float)
sales = level * weekly * (1 + 0.6 * promo) + rng.normal(0, 12, n)
table = np.column_stack([sales, np.roll(promo, -1), np.sin(2 * np.pi * day / 7), np.cos(2 * np.pi * day / 7)])

scaler = MinMaxScaler().fit(table[:700])
t = scaler.transform(table)
look = 14
X = np.stack([t[i - look:i] for i in range(look, n)])
y = t[look:, 0]
cut = 700 - look

model = Sequential()
model.add(LSTM(32, input_shape=(look, 4)))
model.add(Dropout(0.1))
model.add(Dense(16, activation='relu'))
model.add(Dense(1))
model.compile(loss='mae', optimizer='adam')
model.fit(X[:cut], y[:cut], epochs=45, batch_size=16, validation_split=0.15,
          callbacks=[ReduceLROnPlateau(patience=5, factor=0.5)], verbose=0)
p = model.predict(X[cut:], verbose=0)[:, 0]
print('RESULT', 'test_mae', float(np.abs(p - y[cut:]).mean()))
