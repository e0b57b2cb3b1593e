import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Input
from sklearn.datasets import make_blobs

keras.utils.set_random_seed(23)
probe, soil = make_blobs(n_samples=2000, centers=10, n_features=3, cluster_std=1.0, center_box=(-6, 6), random_state=23)
probe = probe / 4.0
target = keras.utils.to_categorical(soil, 10)

model = Sequential()
model.add(Input((3,)))
model.add(Dense(32, activation='relu'))
model.add(Dense(16, activation='relu'))
model.add(Dense(10, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(0.005))
model.fit(probe[:1500], target[:1500], epochs=30, batch_size=25, verbose=0)
p = model.predict(probe[1500:], verbose=0)
answer = np.argmax(p, 1)
print('RESULT', 'test_accuracy', float(np.mean(answer == soil[1500:])))
