import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(8)
rnd = np.random.RandomState(8)
n = 700
theta = np.sqrt(rnd.rand(n)) * 2 * np.pi
arm1 = np.column_stack([np.cos(theta), np.sin(theta)]) * (2 * theta + np.pi)[:, None]
arm2 = -arm1
pts = np.vstack([arm1, arm2]) + rnd.randn(2 * n, 2) * 0.4
pts /= 8.0
label = np.concatenate([np.zeros(n), np.ones(n)])
idx = rnd.permutation(2 * n)
pts, label = pts[idx], label[idx]

net = Sequential()
net.add(Input((2,)))
net.add(Dense(64, activation='relu'))
net.add(Dense(64, activation='relu'))
net.add(Dense(32, activation='relu'))
net.add(Dense(1, activation='sigmoid'))
net.compile(loss='binary_crossentropy', optimizer=Adam(0.005), metrics=['accuracy'])
net.fit(pts[:1100], label[:1100], batch_size=32, epochs=50, verbose=0)
print('RESULT', 'accuracy', net.evaluate(pts[1100:], label[1100:], verbose=0)[1])
