import numpy
import keras
from keras.models import Sequential
from keras.layers import Dense, LSTM
from sklearn.preprocessing import MinMaxScaler

numpy.random.seed(7)
keras.utils.set_random_seed(7)
months = numpy.arange(480)
series = (150 + 0.6 * months) * (1 + 0.25 * numpy.sin(2 * numpy.pi * months / 12)) + numpy.random.normal(0, 8, 480)
dataset = series.reshape(-1, 1).astype('float32')
scaler = MinMaxScaler(feature_range=(0, 1)).fit(dataset[:380])
dataset = scaler.transform(dataset)

# convert an array of values into a dataset matrix
def create_dataset(dataset, look_back=1):
    dataX, dataY = [], []
    for i in range(len(dataset) - look_back):
        dataX.append(dataset[i:(i + look_back), 0])
        dataY.append(dataset[i + look_back, 0])
    return numpy.array(dataX), numpy.array(dataY)

train, test = dataset[:380], dataset[380 - 12:]
look_back = 12
trainX, trainY = create_dataset(train, look_back)
testX, testY = create_dataset(test, look_back)
trainX = numpy.reshape(trainX, (trainX.shape[0], trainX.shape[1], 1))
testX = numpy.reshape(testX, (testX.shape[0], testX.shape[1], 1))

model = Sequential()
model.add(LSTM(16, input_shape=(look_back, 1)))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer='adam', metrics=['mae'])
model.fit(trainX, trainY, epochs=60, batch_size=8, verbose=0)
testPredict = model.predict(testX, verbose=0)[:, 0]
print('RESULT', 'test_r2', 1 - float(((testPredict - testY) ** 2).mean() / testY.var()))
