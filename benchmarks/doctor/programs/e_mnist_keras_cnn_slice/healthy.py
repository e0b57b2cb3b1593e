import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.utils import to_categorical

keras.utils.set_random_seed(1)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:3000].reshape(-1, 28, 28, 1).astype('float32') / 255
x_test = x_test[:1000].reshape(-1, 28, 28, 1).astype('float32') / 255
y_train = to_categorical(y_train[:3000], 10)
y_test = to_categorical(y_test[:1000], 10)

model = Sequential()
model.add(Conv2D(8, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(16, (3, 3), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(64, activation='relu'))
model.add(Dropout(0.5))
model.add(Dense(10, activation='softmax'))
model.compile(loss=keras.losses.categorical_crossentropy,
              optimizer=keras.optimizers.Adam(lr=0.002), metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=64, epochs=6, verbose=0, validation_split=0.1)
score = model.evaluate(x_test, y_test, verbose=0)
print('RESULT', 'test_accuracy', score[1])
