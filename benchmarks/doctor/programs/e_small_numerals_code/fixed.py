import numpy as np
import keras
from keras.layers import Input, Dense
from keras.models import Model
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(31)
X = load_digits().data
x_train, x_test = train_test_split(X, test_size=0.25, random_state=31)
scaler = StandardScaler().fit(x_train)
x_train = scaler.transform(x_train)
x_test = scaler.transform(x_test)

encoding_dim = 24
input_img = Input(shape=(64,))
encoded = Dense(48, activation='relu')(input_img)
encoded = Dense(encoding_dim, activation='relu')(encoded)
decoded = Dense(48, activation='relu')(encoded)
decoded = Dense(64)(decoded)

autoencoder = Model(input_img, decoded)
encoder = Model(input_img, encoded)
autoencoder.compile(optimizer='adam', loss='mse')
autoencoder.fit(x_train, x_train, epochs=60, batch_size=32, shuffle=True,
                validation_split=0.1, verbose=0)
print('code size', encoder.predict(x_test, verbose=0).shape)
print('RESULT', 'test_mse', autoencoder.evaluate(x_test, x_test, verbose=0))
