from keras.datasets import fashion_mnist
from keras.utils import to_categorical, set_random_seed
from keras.models import Sequential
from keras.layers import Input, Conv2D, MaxPooling2D, Dense, Flatten
from keras.optimizers import SGD

set_random_seed(1)
ACT = "relu"

def load_dataset():
    (trainX, trainY), (testX, testY) = fashion_mnist.load_data()
    return trainX[:2500, ..., None], to_categorical(trainY[:2500]), testX[:600, ..., None], to_categorical(testY[:600])

def prep_pixels(train, test):
    return train.astype('float32') / 255.0, test.astype('float32') / 255.0

def define_model():
    model = Sequential()
    model.add(Input((28, 28, 1)))
    for filters in (8, 16, 16):
        model.add(Conv2D(filters, (3, 3), activation=ACT, kernel_initializer='he_uniform', padding='same'))
        model.add(MaxPooling2D((2, 2)))
    model.add(Flatten())
    for units in (64, 48, 32):
        model.add(Dense(units, activation=ACT, kernel_initializer='he_uniform'))
    model.add(Dense(10, activation='softmax'))
    model.compile(optimizer=SGD(learning_rate=0.01, momentum=0.9), loss='categorical_crossentropy', metrics=['accuracy'])
    return model

trainX, trainY, testX, testY = load_dataset()
trainX, testX = prep_pixels(trainX, testX)
model = define_model()
model.fit(trainX, trainY, epochs=5, batch_size=32, validation_split=0.1, verbose=0)
_, acc = model.evaluate(testX, testY, verbose=0)
print('RESULT', 'test_accuracy', acc)
