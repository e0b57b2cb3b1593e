import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(81)
rng = np.random.default_rng(81)
grid = np.linspace(0, 1, 50)
peaks = np.exp(-((grid - np.array([[0.2], [0.45], [0.6], [0.85]])) / 0.08) ** 2)
amounts = rng.dirichlet(np.ones(4), 700)
spectra = amounts @ peaks + rng.normal(0, 0.03, (700, 50))
spectra = (spectra - spectra[:500].mean(0)) / spectra[:500].std()

encoder = keras.Sequential([keras.Input((50,)), layers.Dense(3, use_bias=False)], name="encoder")
decoder = keras.Sequential([keras.Input((3,)), layers.Dense(50)], name="decoder")
inputs = keras.Input((50,))
autoencoder = keras.Model(inputs, decoder(encoder(inputs)))
autoencoder.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
autoencoder.fit(spectra[:500], spectra[:500], epochs=40, batch_size=25, shuffle=True,
                validation_data=(spectra[500:580], spectra[500:580]), verbose=0)
left = autoencoder.evaluate(spectra[580:], spectra[580:], verbose=0)
print("RESULT", "test_mse", left)
