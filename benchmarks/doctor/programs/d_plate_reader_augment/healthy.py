import numpy as np
import keras
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Conv2D, MaxPool2D, Dense, Dropout, Flatten
from keras.optimizers import RMSprop
from keras.callbacks import ReduceLROnPlateau
from keras.utils import to_categorical
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

np.random.seed(2)
keras.utils.set_random_seed(2)
X, y = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8, 1) / 16.0
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.25, random_state=2)
X_train, X_val, Y_train, Y_val = train_test_split(X_rest, to_categorical(y_rest, 10), test_size=0.15, random_state=2)

model = Sequential()
model.add(Conv2D(filters=24, kernel_size=(3, 3), padding='Same', activation='relu', input_shape=(8, 8, 1)))
model.add(Conv2D(filters=24, kernel_size=(3, 3), padding='Same', activation='relu'))
model.add(MaxPool2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(96, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(10, activation="softmax"))
model.compile(optimizer=RMSprop(lr=0.001, rho=0.9, epsilon=1e-08), loss="categorical_crossentropy", metrics=["accuracy"])

learning_rate_reduction = ReduceLROnPlateau(monitor='val_accuracy', patience=3, verbose=0, factor=0.5, min_lr=0.00001)
datagen = ImageDataGenerator(rotation_range=8, zoom_range=0.05, width_shift_range=0.05, height_shift_range=0.05,
                             horizontal_flip=False, vertical_flip=False)
datagen.fit(X_train)
model.fit_generator(datagen.flow(X_train, Y_train, batch_size=32), epochs=14, validation_data=(X_val, Y_val),
                    verbose=0, callbacks=[learning_rate_reduction])
p = np.argmax(model.predict(X_test, verbose=0), axis=1)
print('RESULT', 'test_accuracy', float((p == y_test).mean()))
