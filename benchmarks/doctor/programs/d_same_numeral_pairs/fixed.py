import numpy as np
import keras
from keras.layers import Input, Dense, Dropout, Lambda
from keras.models import Model, Sequential
from keras.initializers import RandomNormal
from keras.datasets import mnist
from keras import ops

keras.utils.set_random_seed(88)
rng = np.random.RandomState(88)
(x, y), (xt, yt) = mnist.load_data()
x, y = x[:3000].reshape(-1, 784) / 255., y[:3000]
xt, yt = xt[:800].reshape(-1, 784) / 255., yt[:800]

def create_pairs(x, y, n):
    i = rng.randint(0, len(x), n)
    j = rng.randint(0, len(x), n)
    same = rng.rand(n) < 0.5
    for k in np.flatnonzero(same):
        j[k] = rng.choice(np.flatnonzero(y == y[i[k]]))
    return [x[i].astype('float32'), x[j].astype('float32')], (y[i] == y[j]).astype('float32')

init = 'he_normal'
base_network = Sequential()
base_network.add(Dense(96, activation='relu', input_shape=(784,), kernel_initializer=init))
base_network.add(Dropout(0.1))
base_network.add(Dense(96, activation='relu', kernel_initializer=init))
base_network.add(Dense(64, activation='relu', kernel_initializer=init))

input_a, input_b = Input(shape=(784,)), Input(shape=(784,))
gap = Lambda(lambda v: ops.abs(v[0] - v[1]))([base_network(input_a), base_network(input_b)])
model = Model([input_a, input_b], Dense(1, activation='sigmoid')(gap))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
pairs, target = create_pairs(x, y, 5000)
model.fit(pairs, target, batch_size=64, epochs=6, verbose=0, validation_split=0.1)
print('RESULT', 'test_accuracy', model.evaluate(*create_pairs(xt, yt, 800), verbose=0)[1])
