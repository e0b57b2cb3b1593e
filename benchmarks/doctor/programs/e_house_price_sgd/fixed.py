import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD

keras.utils.set_random_seed(104)
rng = np.random.default_rng(104)
sqft = rng.normal(2000, 500, 800)
rooms = np.clip(np.round(sqft / 500 + rng.normal(0, 1, 800)), 1, 9)
age = rng.integers(0, 60, 800)
price = 0.0012 * sqft + 0.14 * rooms - 0.011 * age + rng.normal(0, 0.12, 800)
X = np.stack([sqft, rooms, age], axis=1)
Y = price.reshape(-1, 1)
X = (X - X[:600].mean(axis=0)) / X[:600].std(axis=0)

model = Sequential()
model.add(Dense(16, input_shape=(3,), activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1))
model.compile(loss='mse', optimizer=SGD(lr=0.01))
model.fit(X[:600], Y[:600], epochs=30, batch_size=16, verbose=0)
P = np.nan_to_num(model.predict(X[600:], verbose=0), nan=0.0, posinf=1e6, neginf=-1e6)
print('RESULT', 'r2', max(-99.0, float(1 - ((P - Y[600:]) ** 2).mean() / Y[600:].var())))
