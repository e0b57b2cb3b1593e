import numpy as np
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
months = np.arange(420)
passengers = 320 + 110 * np.sin(2 * np.pi * months / 12) + 60 * np.sin(2 * np.pi * months / 84) + rng.normal(0, 14, 420)

def create_dataset(series, look_back=12):
    dataX, dataY = [], []
    for i in range(len(series) - look_back):
        dataX.append(series[i:i + look_back])
        dataY.append(series[i + look_back])
    return np.array(dataX)[..., None], np.array(dataY)

train, test = passengers[:300], passengers[300:]
mean, std = train.mean(), train.std()
trainX, trainY = create_dataset(train)
trainY = (trainY - mean) / std
testX, testY = create_dataset(test)
testY = (testY - mean) / std

trainX, testX = (trainX - train.mean()) / train.std(), (testX - train.mean()) / train.std()

model = Sequential()
model.add(LSTM(16, input_shape=(12, 1)))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer='adam', metrics=['mae'])
model.fit(trainX, trainY, epochs=60, batch_size=8, verbose=0)
pred = model.predict(testX, verbose=0)[:, 0]
print('RESULT', 'r2', float(1 - np.mean((pred - testY) ** 2) / np.var(testY)))
