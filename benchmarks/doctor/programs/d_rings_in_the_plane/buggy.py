import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)

# points in the plane, the class is the ring they fall in
points = rng.uniform(-1.5, 1.5, (3000, 2))
radius = np.hypot(points[:, 0], points[:, 1])
label = np.digitize(radius, [0.5, 0.9, 1.3])

net = keras.Sequential()
net.add(keras.Input(shape=(2,)))
net.add(layers.Dense(2, activation='relu'))
net.add(layers.Dense(2, activation='relu'))
net.add(layers.Dense(4, activation='softmax'))
net.compile(optimizer=keras.optimizers.Adam(0.01), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
net.fit(points[:2400], label[:2400], epochs=40, batch_size=64, verbose=0)

print('RESULT accuracy', net.evaluate(points[2400:], label[2400:], verbose=0)[1])
