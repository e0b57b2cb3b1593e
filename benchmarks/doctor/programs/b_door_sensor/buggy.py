import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras import optimizers, utils

utils.set_random_seed(27)
rng = np.random.default_rng(27)
co2, light, humid = rng.normal(size=(3, 900))
occupied = ((co2 > 0) != (light > 0.3)).astype("float32")
room = np.column_stack([co2, light, humid])

net = Sequential()
net.add(Input((3,)))
net.add(Dense(16, activation="tanh"))
net.add(Dense(16, activation="tanh"))
net.add(Dense(1, activation="softmax"))
net.compile(loss="mean_squared_error", optimizer=optimizers.SGD(0.01), metrics=["accuracy"])
net.fit(room[:700], occupied[:700], epochs=30, batch_size=20, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(room[700:], occupied[700:], verbose=0)[1])
