from keras.layers import Input, Dense
from keras.models import Model
from keras.datasets import mnist
import keras
import numpy as np

keras.utils.set_random_seed(2016)
# this is the size of our encoded representations
encoding_dim = 32

input_img = Input(shape=(784,))
encoded = Dense(encoding_dim, activation='relu')(input_img)
decoded = Dense(784, activation='sigmoid')(encoded)
autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer='adam', loss='binary_crossentropy')

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:6000].astype('float32') / 255.
x_test = x_test[:1000].astype('float32') / 255.
x_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
x_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))

autoencoder.fit(x_train, x_train, epochs=40, batch_size=256, shuffle=True, validation_split=0.1, verbose=0)
decoded_imgs = autoencoder.predict(x_test, verbose=0)
print("RESULT", "test_mse", float(((decoded_imgs - x_test) ** 2).mean()))
