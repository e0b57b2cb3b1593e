import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense
from keras.initializers import RandomNormal
from keras.optimizers import SGD
from keras.utils import to_categorical

keras.utils.set_random_seed(40)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:5000].reshape(-1, 784).astype('float32') / 255
X_test = X_test[:1000].reshape(-1, 784).astype('float32') / 255
y_train, y_test = to_categorical(y_train[:5000]), to_categorical(y_test[:1000])

init = RandomNormal(mean=0.0, stddev=1.0)

model = Sequential()
model.add(Dense(100, activation='relu', kernel_initializer=init, input_shape=(784,)))
model.add(Dense(100, activation='relu', kernel_initializer=init))
model.add(Dense(10, activation='softmax', kernel_initializer=init))

model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.01, momentum=0.9), metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=64, epochs=20, validation_split=0.1, verbose=0)
loss, acc = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "accuracy", acc)
