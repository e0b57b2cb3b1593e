import numpy as np
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Conv2D, MaxPooling2D

keras.utils.set_random_seed(1337)
num_classes = 5
(x, y), (xt, yt) = mnist.load_data()
x, y, xt, yt = x[:6000], y[:6000], xt[:2000], yt[:2000]

def train_model(model, train, test, epochs):
    x_train = train[0][..., None].astype('float32') / 255
    x_test = test[0][..., None].astype('float32') / 255
    y_train = keras.utils.to_categorical(train[1], num_classes)
    y_test = keras.utils.to_categorical(test[1], num_classes)
    model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(0.002), metrics=['accuracy'])
    model.fit(x_train, y_train, batch_size=64, epochs=epochs, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]

feature_layers = [
    Conv2D(12, 3, strides=2, padding='valid', input_shape=(28, 28, 1)),
    Activation('relu'),
    Conv2D(24, 3),
    Activation('relu'),
    MaxPooling2D(pool_size=2),
    Dropout(0.25),
    Flatten(),
]
classification_layers = [Dense(64), Activation('relu'), Dropout(0.3), Dense(num_classes), Activation('softmax')]
model = Sequential(feature_layers + classification_layers)

# digits below five first
print('0-4:', train_model(model, (x[y < 5], y[y < 5]), (xt[yt < 5], yt[yt < 5]), 5))

# freeze the feature layers and go on with five and above
for l in feature_layers:
    l.trainable = False
acc = train_model(model, (x[y >= 5][:800], y[y >= 5][:800] - 5), (xt[yt >= 5], yt[yt >= 5] - 5), 12)
print('RESULT accuracy', acc)
