import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(12)
np.random.seed(12)
xy = np.random.uniform(-1, 1, (2000, 2))
inside = (xy[:, 0] ** 2 + xy[:, 1] ** 2 < 0.6).astype(int)
train, test = slice(0, 1500), slice(1500, 2000)

model = Sequential()
model.add(Dense(20, input_dim=2, activation='relu'))
model.add(Dense(20, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(xy[train], inside[train], epochs=40, batch_size=20, verbose=0)
scores = model.evaluate(xy[test], inside[test], verbose=0)
print("RESULT test_accuracy %f" % scores[1])
