from keras.datasets import fashion_mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten, Input
import keras

keras.utils.set_random_seed(61)
(x_tr, y_tr), (x_te, y_te) = fashion_mnist.load_data()
x_tr, y_tr, x_te, y_te = x_tr[:4000] / 255.0, y_tr[:4000], x_te[:1000] / 255.0, y_te[:1000]

model = Sequential()
model.add(Input((28, 28)))
model.add(Flatten())
model.add(Dense(64, activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(32, activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(16, activation='relu'))
model.add(Dropout(0.1))
model.add(Dense(10, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x_tr, y_tr, epochs=12, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_te, y_te, verbose=0)[1])
