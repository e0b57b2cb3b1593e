import keras
from keras.datasets import mnist
from keras.layers import Input, Conv2D, BatchNormalization, Activation, GlobalAveragePooling2D, Dense, add
from keras.models import Model
from keras.regularizers import l2
from keras.callbacks import LearningRateScheduler

keras.utils.set_random_seed(47)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[20000:22000, ::2, ::2, None] / 255.0, keras.utils.to_categorical(y_train[20000:22000])
x_test, y_test = x_test[2000:2800, ::2, ::2, None] / 255.0, keras.utils.to_categorical(y_test[2000:2800])
mean = x_train.mean(axis=0)
x_train, x_test = x_train - mean, x_test - mean


def resnet_layer(x, filters, strides=1, activation='relu'):
    x = Conv2D(filters, 3, strides=strides, padding='same', kernel_initializer='he_normal', kernel_regularizer=l2(1e-4))(x)
    x = BatchNormalization(momentum=0.9)(x)
    return Activation(activation)(x) if activation else x


inputs = Input(shape=(14, 14, 1))
x = resnet_layer(inputs, 8)
for stack, filters in enumerate((8, 16, 32)):
    for block in range(2):
        strides = 2 if stack > 0 and block == 0 else 1
        y = resnet_layer(x, filters, strides)
        y = resnet_layer(y, filters, activation=None)
        if strides != 1:
            x = Conv2D(filters, 1, strides=strides, padding='same', kernel_regularizer=l2(1e-4))(x)
        x = Activation('relu')(add([x, y]))
outputs = Dense(10, activation='softmax')(GlobalAveragePooling2D()(x))
model = Model(inputs, outputs)


def lr_schedule(epoch):
    return 1e-2 if epoch < 4 else (1e-3 if epoch < 6 else 1e-4)


model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(lr_schedule(0)), metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=32, epochs=7, validation_split=0.1, callbacks=[LearningRateScheduler(lr_schedule)], verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
