from keras.layers import Input, Dense
from keras.models import Model
from keras.datasets import mnist
import numpy as np
import keras

keras.utils.set_random_seed(10)
encoding_dim = 32
input_img = Input(shape=(784,))
encoded = Dense(128, activation='relu')(input_img)
encoded = Dense(encoding_dim, activation='relu')(encoded)
decoded = Dense(128, activation='relu')(encoded)
decoded = Dense(784, activation='sigmoid')(decoded)
autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer='adam', loss='mean_squared_error')

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:4000].astype('float32') / 255.
x_test = x_test[:600].astype('float32') / 255.
x_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
x_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))
autoencoder.fit(x_train, x_train, epochs=15, batch_size=64, shuffle=True, validation_split=0.1, verbose=0)
rec = autoencoder.predict(x_test, verbose=0)
print('RESULT', 'explained', 1 - float(((rec - x_test) ** 2).mean() / ((x_test.mean(0) - x_test) ** 2).mean()))
