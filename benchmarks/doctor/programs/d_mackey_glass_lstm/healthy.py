import math
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, LSTM
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(7)

# convert an array of values into a dataset matrix
def create_dataset(dataset, look_back=1, ahead=1):
    dataX, dataY = [], []
    for i in range(len(dataset) - look_back - ahead + 1):
        dataX.append(dataset[i:(i + look_back), 0])
        dataY.append(dataset[i + look_back + ahead - 1, 0])
    return np.array(dataX), np.array(dataY)

# Mackey-Glass series, sampled every 3 steps
rng = np.random.RandomState(7)
s = list(1.2 + 0.1 * rng.rand(18))
for t in range(4200):
    s.append(0.9 * s[-1] + 0.2 * s[-18] / (1 + s[-18] ** 10))
dataset = np.array(s[300::3]).reshape(-1, 1) * 40 + 20

train_size = int(len(dataset) * 0.75)
scaler = MinMaxScaler(feature_range=(0, 1))
scaler.fit(dataset[:train_size])
dataset = scaler.transform(dataset)
train, test = dataset[:train_size], dataset[train_size:]

look_back = 10
trainX, trainY = create_dataset(train, look_back, 5)
testX, testY = create_dataset(test, look_back, 5)
trainX = np.reshape(trainX, (trainX.shape[0], trainX.shape[1], 1))
testX = np.reshape(testX, (testX.shape[0], testX.shape[1], 1))

model = Sequential()
model.add(LSTM(24, input_shape=(look_back, 1)))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer=keras.optimizers.Adam(0.005))
model.fit(trainX, trainY, epochs=40, batch_size=16, verbose=0)

testPredict = scaler.inverse_transform(model.predict(testX, verbose=0))
testY = scaler.inverse_transform([testY])
print('RESULT rmse %.5f' % math.sqrt(np.mean((testY[0] - testPredict[:, 0]) ** 2)))
