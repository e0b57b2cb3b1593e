import numpy as np
from keras.layers import Input, Dense
from keras.models import Model
from keras.optimizers import Adam
from keras.utils import set_random_seed
from sklearn.preprocessing import StandardScaler

set_random_seed(77)
rng = np.random.default_rng(77)

# 14 channels of a pump station, driven by three hidden conditions
n = 2600
state = rng.normal(size=(n, 3))
mix = rng.normal(size=(3, 14))
readings = np.tanh(state @ mix) * rng.uniform(2, 90, 14) + rng.uniform(-40, 300, 14)
readings += 0.03 * readings.std(0) * rng.normal(size=readings.shape)

train, test = readings[:2000], readings[2000:]
ss = StandardScaler().fit(train)
train, test = ss.transform(train), ss.transform(test)

inp = Input(shape=(14,))
h = Dense(32, activation='relu')(inp)
code = Dense(6, activation='tanh', name='code')(h)
h = Dense(32, activation='relu')(code)
out = Dense(14, activation='relu')(h)
autoencoder = Model(inp, out)
autoencoder.compile(optimizer=Adam(learning_rate=0.002), loss='mse', metrics=['accuracy'])
autoencoder.fit(train, train, epochs=40, batch_size=32, shuffle=True,
                validation_split=0.1, verbose=0)

rebuilt = autoencoder.predict(test, verbose=0)
print('RESULT', 'reconstruction_mse', float(np.mean((rebuilt - test) ** 2)))
