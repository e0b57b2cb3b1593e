import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Conv2D, Dense, Flatten

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
N = 1400
pics = rng.normal(0, 0.25, (N, 20, 20, 1))
upright = rng.integers(0, 2, N)
for pic, up in zip(pics, upright):
    r, c = rng.integers(1, 17), rng.integers(1, 8)
    colour = rng.choice([-1.0, 1.0])
    if up:
        pic[c:c + 11, r:r + 2] += colour
    else:
        pic[r:r + 2, c:c + 11] += colour
labels = np.eye(2)[upright]

model = Sequential()
model.add(Conv2D(8, kernel_size=5, strides=2, activation="relu", input_shape=(20, 20, 1)))
model.add(Conv2D(16, kernel_size=3, strides=2, activation="relu"))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(2, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.001), metrics=["accuracy"])
model.fit(pics[:1000], labels[:1000], batch_size=25, epochs=12, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(pics[1000:], labels[1000:], verbose=0)[1])
