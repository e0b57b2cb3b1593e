import numpy as np
from keras.layers import Input, Dense
from keras.models import Model
from keras.utils import set_random_seed

set_random_seed(51)
rs = np.random.default_rng(51)
hidden = rs.normal(size=(2500, 4))
readings = hidden @ rs.normal(size=(4, 20)) + 0.2 * rs.normal(size=(2500, 20))
train, val, test = readings[:1700], readings[1700:2000], readings[2000:]
mu, sd = train.mean(0), train.std(0)
train, val, test = [(a - mu) / sd for a in (train, val, test)]

inp = Input(shape=(20,))
encoded = Dense(32, activation="relu")(inp)
code = Dense(6, name="code")(encoded)
decoded = Dense(32, activation="relu")(code)
decoded = Dense(20)(decoded)
autoencoder = Model(inp, decoded)
autoencoder.compile(optimizer="adam", loss="mse")
autoencoder.fit(train, train, epochs=40, batch_size=32, shuffle=True, validation_data=(val, val), verbose=0)
rebuilt = autoencoder.predict(test, verbose=0)
print("RESULT", "test_mse", float(((rebuilt - test) ** 2).mean()))
