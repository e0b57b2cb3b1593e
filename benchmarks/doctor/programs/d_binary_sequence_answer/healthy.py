import numpy as np
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense

keras.utils.set_random_seed(20)
rng = np.random.RandomState(20)

# next bit is the xor of the last and the one three back, now and then flipped
bits = [0, 1, 1]
for _ in range(3000):
    bits.append(int(bits[-1] ^ bits[-3] ^ (rng.rand() < 0.06)))
bits = np.array(bits, dtype='float32')

look_back = 5
vecX = np.array([bits[i:i + look_back] for i in range(len(bits) - look_back)])[..., np.newaxis]
vecY = bits[look_back:]

LSTM_net = Sequential()
LSTM_net.add(LSTM(32, input_shape=(look_back, 1)))
LSTM_net.add(Dense(1, activation="sigmoid"))
LSTM_net.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
LSTM_net.fit(vecX[:2400], vecY[:2400], batch_size=64, epochs=40, verbose=0)

acc = LSTM_net.evaluate(vecX[2400:], vecY[2400:], verbose=0)[1]
print("RESULT test_accuracy %.4f" % acc)
