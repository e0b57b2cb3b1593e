import numpy as np
import keras
from keras.datasets import cifar10
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dropout, Flatten, Dense

keras.utils.set_random_seed(321)
(x, y), (x_test, y_test) = cifar10.load_data()
rows = np.isin(y[:, 0], [1, 4])
x, y = x[rows][:2100], (y[rows][:2100, 0] == 4).astype(int)
rows = np.isin(y_test[:, 0], [1, 4])
x_test, y_test = x_test[rows][:800], (y_test[rows][:800, 0] == 4).astype(int)

train_gen = ImageDataGenerator(rescale=1. / 255, width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
plain_gen = ImageDataGenerator(rescale=1. / 255)

model = Sequential([
    Conv2D(12, (3, 3), activation='relu', input_shape=(32, 32, 3)),
    MaxPooling2D((2, 2)),
    Conv2D(24, (3, 3), activation='relu'),
    MaxPooling2D((2, 2)),
    Flatten(),
    Dense(32, activation='relu'),
    Dropout(0.3),
    Dense(1, activation='sigmoid'),
])
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
model.fit(train_gen.flow(x[:1800], y[:1800], batch_size=50), epochs=5,
          validation_data=plain_gen.flow(x[1800:], y[1800:], batch_size=50), verbose=0)
loss, acc = model.evaluate(plain_gen.flow(x_test, y_test, batch_size=32, shuffle=False), verbose=0)
print('RESULT', 'test_accuracy', acc)
