import numpy as np
import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Activation, Dropout, Flatten, Dense

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

def stroke(genuine):
    canvas = np.full((24, 24, 1), 235.) + rng.normal(0, 12, (24, 24, 1))
    t = np.linspace(0, 1, 60)
    amp = 4.5 if genuine else 2.5
    r = 12 + amp * np.sin(2 * np.pi * t * (2 if genuine else 3) + rng.uniform(0, 6)) + rng.normal(0, 0.6, 60)
    c = 3 + 18 * t
    canvas[np.clip(r, 0, 23).astype(int), c.astype(int)] = rng.uniform(20, 70)
    return canvas.clip(0, 255)

y = np.arange(1000) % 2
X = np.stack([stroke(k == 1) for k in y]).astype('float32')

batch_size = 32
def ink(img):
    return 1. - img / 255.

train_datagen = ImageDataGenerator(preprocessing_function=ink, width_shift_range=0.05, horizontal_flip=True)
test_datagen = ImageDataGenerator(rescale=1. / 255)
train_generator = train_datagen.flow(X[:700], y[:700], batch_size=batch_size, seed=6)
validation_generator = train_datagen.flow(X[700:800], y[700:800], batch_size=batch_size, seed=6)
test_generator = test_datagen.flow(X[800:], y[800:], batch_size=batch_size, shuffle=False)

model = Sequential()
for filters in (8, 16):
    model.add(Conv2D(filters, (3, 3), input_shape=(24, 24, 1)) if filters == 8 else Conv2D(filters, (3, 3)))
    model.add(Activation('relu'))
    model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(32))
model.add(Activation('relu'))
model.add(Dropout(0.3))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit_generator(train_generator, epochs=12, validation_data=validation_generator, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(test_generator, verbose=0)[1])
