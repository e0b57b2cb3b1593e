import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, GRU, Input

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
months = np.arange(1400)
spots = np.sin(2 * np.pi * months / 66) + 0.5 * np.sin(2 * np.pi * months / 17) + rng.normal(0, 0.1, 1400)

look_back = 20
dataX = np.array([spots[i:i + look_back] for i in range(len(spots) - look_back - 6)])
dataY = np.array([spots[i + look_back + 5] for i in range(len(spots) - look_back - 6)])
dataX = dataX.reshape(-1, look_back, 1)
trainX, trainY = dataX[:1000], dataY[:1000]
testX, testY = dataX[1050:], dataY[1050:]

model = Sequential([Input((look_back, 1)), GRU(24), Dense(1)])
model.compile(loss='mean_squared_error', optimizer=keras.optimizers.Adam(0.005))
model.fit(trainX, trainY, epochs=25, batch_size=32, verbose=0)
p = model.predict(testX, verbose=0).ravel()
print('RESULT', 'r2', float(1 - np.mean((p - testY) ** 2) / np.var(testY)))
