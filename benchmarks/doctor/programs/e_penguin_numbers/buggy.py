import numpy as np
import keras
from keras.layers import Dense, Input
from keras.models import Model

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
kind = rng.integers(0, 4, 1000)
centre = np.array([[39, 18, 195, 3900], [49, 15, 215, 4100], [47, 18.4, 193, 3300], [42, 14.6, 213, 4800]])
X = centre[kind] + rng.normal(size=(1000, 4)) * [2.4, 1.0, 6.0, 350]
labels = kind / 3.0

visible = Input(shape=(4,))
hidden = Dense(16, activation='relu')(visible)
hidden = Dense(16, activation='relu')(hidden)
output = Dense(1, activation='sigmoid')(hidden)
model = Model(inputs=visible, outputs=output)
model.compile(optimizer='adam', loss='mean_squared_error')
model.fit(X[:800], labels[:800], epochs=30, batch_size=16, verbose=0)
prediction = model.predict(X[800:], verbose=0)
guess = np.round(prediction[:, 0] * 3)
print('RESULT', 'test_accuracy', (guess == kind[800:]).mean())
