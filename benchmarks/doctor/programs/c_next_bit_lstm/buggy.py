import numpy as np
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense

keras.utils.set_random_seed(46)
rng = np.random.default_rng(46)

train = [0, 1, 1]
for i in range(4000):
    bit = 1 - train[-3] if train[-1] else train[-2]
    if rng.random() < 0.08:
        bit = 1 - bit
    train.append(bit)
train = np.array(train)

vecX = np.array([train[i:i + 3] for i in range(len(train) - 3)]).reshape(-1, 3, 1)
vecY = train[3:].reshape(-1, 1)

LSTM_net = Sequential()
LSTM_net.add(LSTM(8, input_shape=(3, 1)))
LSTM_net.add(Dense(1, activation="softmax"))
LSTM_net.compile(optimizer="adagrad", loss="mean_squared_error", metrics=["accuracy"])
LSTM_net.fit(vecX[:3200], vecY[:3200], batch_size=256, epochs=60, verbose=0)

loss, acc = LSTM_net.evaluate(vecX[3200:], vecY[3200:], verbose=0)
print("RESULT", "test_accuracy", acc)
