import numpy as np
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout, Input
from keras.utils import set_random_seed
from sklearn.metrics import r2_score

set_random_seed(28)
rng = np.random.default_rng(28)
N, window = 1800, 12
t = np.arange(N)
rain = rng.gamma(0.4, 6.0, N) * (1 + 0.6 * np.sin(2 * np.pi * t / 365))
store, inflow = np.zeros(N), np.zeros(N)
for i in range(1, N):
    store[i] = 0.85 * store[i - 1] + rain[i]
    inflow[i] = 0.06 * store[i] ** 1.3 + 0.2 * rain[i]
inflow = np.log1p(inflow) + rng.normal(0, 0.03, N)

series = np.column_stack([np.log1p(rain), np.sin(2 * np.pi * t / 365), np.cos(2 * np.pi * t / 365)])
series = (series - series[:1300].mean(0)) / series[:1300].std(0)
target = (inflow - inflow[:1300].mean()) / inflow[:1300].std()
X = np.array([series[i - window + 1:i + 1] for i in range(window, N)])
y = target[window:]
cut = 1300 - window

model = Sequential()
model.add(Input(shape=(window, 3)))
model.add(LSTM(16, dropout=0.5, recurrent_dropout=0.5))
model.add(Dropout(0.5))
model.add(Dense(16, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
model.fit(X[:cut], y[:cut], epochs=30, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(y[cut:], model.predict(X[cut:], verbose=0).ravel()))
