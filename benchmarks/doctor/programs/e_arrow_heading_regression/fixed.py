import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import set_random_seed

set_random_seed(71)
rng = np.random.default_rng(71)
n = 1800
yy, xx = np.mgrid[-1:1:20j, -1:1:20j]
steer = rng.uniform(-1, 1, n)
bend = steer[:, None, None] * 0.8 * (1 - yy) / 2 + rng.uniform(-0.15, 0.15, (n, 1, 1))
road = np.exp(-((xx - bend) / 0.2) ** 2) + rng.normal(0, 0.15, (n, 20, 20))
road = road[..., None].astype('float32')
X_train, X_test = road[:1400], road[1400:]
y_train, y_test = steer[:1400], steer[1400:]

model = Sequential()
model.add(Conv2D(12, (5, 5), strides=(2, 2), activation='relu', input_shape=(20, 20, 1)))
model.add(Conv2D(24, (3, 3), activation='relu'))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(50, activation='relu'))
model.add(Dense(10, activation='relu'))
model.add(Dense(1))
model.compile(loss='mse', optimizer=Adam(lr=0.001), metrics=['mae'])
model.fit(X_train, y_train, batch_size=32, epochs=12, validation_split=0.1, shuffle=True, verbose=0)
pred = model.predict(X_test, verbose=0).ravel()
print('RESULT', 'r2', float(1 - np.mean((pred - y_test) ** 2) / np.var(y_test)))
