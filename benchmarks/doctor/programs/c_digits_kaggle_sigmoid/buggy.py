import numpy as np
import pandas as pd
from keras.datasets import mnist
from keras.layers import Dense, Activation
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import np_utils, set_random_seed
from sklearn.model_selection import train_test_split

set_random_seed(6914)
(images, digit), _ = mnist.load_data()
train = pd.DataFrame(images[:6000].reshape(6000, 784))
train.insert(0, 'label', digit[:6000])

labels = train.iloc[:, 0].values.astype('int32')
X = train.iloc[:, 1:].values.astype('float32')
y = np_utils.to_categorical(labels)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)

model = Sequential()
model.add(Dense(128, input_dim=784))
model.add(Activation('sigmoid'))
model.add(Dense(128))
model.add(Activation('sigmoid'))
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.1, momentum=0.9), metrics=['accuracy'])
model.fit(x_train, y_train, epochs=15, batch_size=16, validation_split=0.1, verbose=0)

score = model.evaluate(x_test, y_test, verbose=0)
print('RESULT test_accuracy', score[1])
