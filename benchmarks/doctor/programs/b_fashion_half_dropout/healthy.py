import keras
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation, Flatten
from keras.callbacks import ReduceLROnPlateau
from keras.datasets import fashion_mnist
from keras.utils import np_utils

keras.utils.set_random_seed(400)
(X_train, y_train), (X_test, y_test) = fashion_mnist.load_data()
X_train = X_train[:6000].astype("float32") / 255
X_test = X_test[:1500].astype("float32") / 255
Y_train = np_utils.to_categorical(y_train[:6000], 10)
Y_test = np_utils.to_categorical(y_test[:1500], 10)

model = Sequential()
model.add(Flatten(input_shape=(28, 28)))
model.add(Dense(256))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(128))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(10))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=0.003), metrics=["accuracy"])
model.fit(X_train, Y_train, 512, 35, validation_split=0.1, verbose=0,
          callbacks=[ReduceLROnPlateau(patience=4, factor=0.5)])
print("RESULT", "test_accuracy", model.evaluate(X_test, Y_test, verbose=0)[1])
