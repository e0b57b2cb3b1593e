import numpy as np
import keras
from keras.layers import Dense, Activation
from keras.models import Sequential

keras.utils.set_random_seed(19)

x = np.linspace(-3, 3, 400).reshape(-1, 1)
y = np.sin(x)
order = np.random.permutation(400)
x, y = x[order], y[order]

model = Sequential([
    Dense(10, input_shape=(1,)),
    Activation('sigmoid'),
    Dense(1)
])

model.compile(loss='mean_squared_error', optimizer=keras.optimizers.Adam(0.01), metrics=['mae'])
model.fit(x[:300], y[:300], epochs=10, batch_size=1, verbose=0)

scores = model.evaluate(x[300:], y[300:], verbose=0)
print("MAE: %.4f" % scores[1])
print("RESULT", "test_mse", scores[0])
