import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Activation

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)

# 4 by 4 patches as rows of 16 values, target is the value in the middle of the restored patch
base = rng.uniform(20, 235, (3000, 1))
slope = rng.normal(0, 9, (3000, 2))
gy, gx = np.mgrid[-1.5:2, -1.5:2]
patches = base[:, :, None] + slope[:, :1, None] * gy + slope[:, 1:, None] * gx + rng.normal(0, 6, (3000, 4, 4))
X_red = np.clip(patches, 0, 255).reshape(3000, 16)
Y_red = np.clip(base[:, 0] + 0.8 * np.abs(slope[:, 0]) - 0.8 * np.abs(slope[:, 1]), 0, 255) - 128
X_train_red, Y_train_red = X_red[:2400], Y_red[:2400]
X_test_red, Y_test_red = X_red[2400:], Y_red[2400:]
red_rows = X_red.shape[1]

X_train_red, X_test_red = X_train_red / 128 - 1, X_test_red / 128 - 1

modelRed = Sequential()
modelRed.add(Dense(16, input_shape=(red_rows,)))
modelRed.add(Activation('relu'))
modelRed.add(Dense(8))
modelRed.add(Activation('relu'))
modelRed.add(Dense(1))

modelRed.compile(optimizer='rmsprop', loss='mse', metrics=["mae"])
modelRed.fit(X_train_red, Y_train_red / 64, batch_size=64, epochs=40, validation_split=0.1, verbose=0)
pred = modelRed.predict(X_test_red, verbose=0).ravel() * 64
print("RESULT rmse", float(np.sqrt(((pred - Y_test_red) ** 2).mean())))
