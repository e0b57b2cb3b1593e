import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Activation, Dropout, Flatten, Dense

keras.utils.set_random_seed(79)
rng = np.random.default_rng(79)

def picture(kind):
    img = rng.normal(0.35, 0.08, (32, 32, 3))
    r, c = rng.integers(6, 26, 2)
    yy, xx = np.mgrid[:32, :32]
    tint = rng.uniform(0.25, 0.5, 3)
    if kind:
        mask = (np.abs(yy - r) < 6) & (np.abs(xx - c) < 6)
    else:
        mask = np.hypot(yy - r, xx - c) < 5
    img[mask] += tint
    return np.clip(img, 0, 1)

labels = rng.integers(0, 2, 800)
images = np.stack([picture(k) for k in labels])

model = Sequential()
model.add(Conv2D(16, (3, 3), input_shape=(32, 32, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(16, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(32))
model.add(Activation('relu'))
model.add(Dropout(0.25))
model.add(Dense(1))
model.add(Activation('sigmoid'))

model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.RMSprop(learning_rate=0.05), metrics=['accuracy'])
model.fit(images[:600], labels[:600], batch_size=32, epochs=35, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(images[600:], labels[600:], verbose=0)[1])
