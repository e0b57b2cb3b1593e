import numpy as np
from sklearn import datasets
from keras import Input, Model
from keras.layers import Conv2D, Flatten, Dense
from keras.utils import set_random_seed

set_random_seed(14)
rows = datasets.load_digits()
order = np.random.default_rng(14).permutation(len(rows.target))
images = rows.images[order][..., np.newaxis] / 16.
values = rows.target[order]
split = 1300

inp = Input(shape=(8, 8, 1))
z = Conv2D(16, 3, activation='relu')(inp)
z = Flatten()(z)
z = Dense(32, activation='relu')(z)
out = Dense(1)(z)
net = Model(inp, out)
net.compile(optimizer='adam', loss='mse')
net.fit(images[:split], values[:split], batch_size=32, epochs=20, verbose=0)

pred = net.predict(images[split:], verbose=0)
guess = pred.round().ravel()
print('RESULT', 'test_accuracy', float(np.mean(guess == values[split:])))
