from keras.datasets import mnist
from keras.layers import Input, Dense
from keras.models import Model
from keras.utils import set_random_seed
import numpy as np

set_random_seed(16)
(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:4000].reshape(-1, 784).astype('float32') / 255.
x_test = x_test[:800].reshape(-1, 784).astype('float32') / 255.

input_img = Input(shape=(784,))
encoded = Dense(32, activation='relu')(input_img)
decoded = Dense(784, activation='sigmoid')(encoded)
autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer='adam', loss='mse')
autoencoder.fit(x_train, x_train, epochs=25, batch_size=128, shuffle=True, verbose=0)

decoded_imgs = autoencoder.predict(x_test, verbose=0)
print('RESULT', 'test_mse', float(np.mean((decoded_imgs - x_test) ** 2)))
