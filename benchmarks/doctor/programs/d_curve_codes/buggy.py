import numpy as np
import keras
from keras.layers import Input, Dense, GRU, RepeatVector, TimeDistributed
from keras.models import Model

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
steps = np.linspace(0, 1, 24)
basis = np.stack([np.sin(np.pi * (k + 1) * steps) for k in range(5)])
coef = rng.normal(size=(1800, 5)) / np.sqrt(np.arange(1, 6))
curves = (coef @ basis + rng.normal(0, 0.05, (1800, 24)))[..., None]
curves = (curves - curves[:1400].mean()) / curves[:1400].std()

units, code = 2, 1
inp = Input((24, 1))
h = GRU(units)(inp)
neck = Dense(code)(h)
d = RepeatVector(24)(neck)
d = GRU(units, return_sequences=True)(d)
out = TimeDistributed(Dense(1))(d)
model = Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss='mse')
model.fit(curves[:1400], curves[:1400], epochs=30, batch_size=64, validation_split=0.1, verbose=0)
err = model.predict(curves[1400:], verbose=0) - curves[1400:]
print('RESULT', 'explained_variance', 1 - float(err.var() / curves[1400:].var()))
