import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras
from tensorflow.keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

keras.utils.set_random_seed(77)
bunch = load_digits()
perm = np.random.default_rng(77).permutation(len(bunch.images))
images = bunch.images[perm].reshape(-1, 8, 8, 1).astype("float32") / 16.0
onehot = to_categorical(bunch.target[perm], 10)

model = Sequential()
model.add(keras.Input(shape=(8, 8, 1)))
model.add(Conv2D(16, kernel_size=(3, 3), activation="relu", padding="same"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy",
              optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9), metrics=["accuracy"])
model.fit(images[:1300], onehot[:1300], epochs=8, batch_size=32, validation_split=0.1, verbose=0)
score = model.evaluate(images[1300:], onehot[1300:], verbose=0)
print("RESULT", "test_accuracy", score[1])
