"""LeakyReLU(alpha=), PReLU, ELU, BatchNormalization(mode=0, axis=-1), old module names."""

import numpy as np
from keras.layers.advanced_activations import ELU, LeakyReLU, PReLU, ThresholdedReLU
from keras.layers.core import Dense
from keras.layers.noise import GaussianNoise
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential

x = np.linspace(-2, 2, 8).reshape(8, 1)
leaky = Sequential([LeakyReLU(alpha=0.1, input_shape=(1,))])
np.testing.assert_allclose(leaky.predict(x), np.where(x > 0, x, 0.1 * x), rtol=1e-5)
thresholded = Sequential([ThresholdedReLU(theta=1.0, input_shape=(1,))])
np.testing.assert_allclose(thresholded.predict(x), np.where(x > 1, x, 0), rtol=1e-5)
model = Sequential()
model.add(Dense(4, input_dim=1))
model.add(BatchNormalization(mode=0, axis=-1))
model.add(PReLU())
model.add(GaussianNoise(sigma=0.1))
model.add(Dense(4))
model.add(ELU(alpha=0.5))
model.compile("sgd", "mse")
model.fit(x, np.zeros((8, 4)), epochs=1, verbose=0)
assert model.predict(x).shape == (8, 4)
