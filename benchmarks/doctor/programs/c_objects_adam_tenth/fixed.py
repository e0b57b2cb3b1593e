from tensorflow.keras.datasets import cifar10
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Activation
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import to_categorical, set_random_seed
import numpy as np

set_random_seed(4)
(x, y), (x_test, y_test) = cifar10.load_data()
# planes and frogs only
keep, keep_test = np.isin(y[:, 0], [0, 6]), np.isin(y_test[:, 0], [0, 6])
x_train = x[keep][:2000].astype('float32') / 255.0
y_train = to_categorical((y[keep][:2000, 0] == 6).astype(int), 2)
x_test = x_test[keep_test][:600].astype('float32') / 255.0
y_test = to_categorical((y_test[keep_test][:600, 0] == 6).astype(int), 2)

model = Sequential()
model.add(Conv2D(12, (3, 3), strides=(2, 2), input_shape=(32, 32, 3)))
model.add(Activation('relu'))
model.add(Conv2D(16, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dense(2))
model.add(Activation('softmax'))

opt = Adam(lr=0.001)
model.compile(loss='categorical_crossentropy', optimizer=opt, metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=32, epochs=6, verbose=0)
print("RESULT", "accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
