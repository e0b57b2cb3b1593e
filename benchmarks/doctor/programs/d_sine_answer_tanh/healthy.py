import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(193)
x = np.random.uniform(0, 4, 400).reshape(-1, 1)
y = np.sin(3 * x)

model = Sequential([
    Dense(40, input_shape=(1,)),
    Activation('tanh'),
    Dense(12),
    Activation('tanh'),
    Dense(1)
])

model.compile(loss='mean_squared_error', optimizer=Adam(lr=0.01), metrics=['mean_squared_error'])
for i in range(20):
    model.fit(x[:320], y[:320], epochs=15, batch_size=32, verbose=0)

scores = model.evaluate(x[320:], y[320:], verbose=0)
print("RESULT", "test_mse", scores[1])
