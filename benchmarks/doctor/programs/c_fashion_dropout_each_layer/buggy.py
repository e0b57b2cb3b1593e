import keras
from keras.datasets import fashion_mnist
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dropout, Flatten, Dense, BatchNormalization

keras.utils.set_random_seed(52)
(X_train, y_train), (X_test, y_test) = fashion_mnist.load_data()
X_train = X_train[:3000].reshape(-1, 28, 28, 1) / 255.
X_test = X_test[:800].reshape(-1, 28, 28, 1) / 255.
y_train, y_test = y_train[:3000], y_test[:800]

model = Sequential()
model.add(Conv2D(8, (3, 3), strides=2, activation='relu', input_shape=(28, 28, 1)))
model.add(Dropout(0.5))
model.add(Conv2D(16, (3, 3), activation='relu'))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(0.6))
model.add(Flatten())
model.add(Dense(48, activation='relu'))
model.add(Dropout(0.75))
model.add(Dense(32, activation='relu'))
model.add(Dropout(0.75))
model.add(Dense(10, activation='softmax'))

model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=32, epochs=20, validation_split=0.1, verbose=0)
print('RESULT accuracy', model.evaluate(X_test, y_test, verbose=0)[1])
