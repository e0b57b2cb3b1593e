import numpy as np
from tensorflow.keras.layers import Dense, Activation, InputLayer
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adamax
from tensorflow.keras.utils import to_categorical, set_random_seed
from tensorflow.keras.callbacks import LambdaCallback

set_random_seed(30)
rs = np.random.RandomState(30)
i, q = rs.randn(2, 2000)
angle = np.arctan2(q, i)
sector = ((angle + np.pi) / (2 * np.pi) * 6).astype(int).clip(0, 5)
noisy = np.stack([i, q], axis=1) + 0.03 * rs.randn(2000, 2)
y = to_categorical(sector, 6)

net = Sequential()
net.add(InputLayer(shape=(2,)))
for act, n in (("relu", 32), ("relu", 32), ("softmax", 6)):
    net.add(Dense(n))
    net.add(Activation(act))
net.compile(optimizer=Adamax(0.002), loss="categorical_crossentropy", metrics=["accuracy"])

log = []
net.fit(noisy[:1500], y[:1500], epochs=30, batch_size=32, verbose=0,
        callbacks=[LambdaCallback(on_epoch_end=lambda epoch, logs: log.append(logs["loss"]))])
print("loss per epoch", np.round(log, 3))
guess = np.argmax(net.predict(noisy[1500:], verbose=0), axis=1)
print("RESULT", "test_accuracy", np.mean(guess == sector[1500:]))
