import numpy as np
import keras
from keras.layers import Dense, Input
from keras.models import Model

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
kind = rng.integers(0, 4, 1000)
centre = np.array([[39, 18, 195, 3900], [49, 15, 215, 4100], [47, 18.4, 193, 3300], [42, 14.6, 213, 4800]])
X = centre[kind] + rng.normal(size=(1000, 4)) * [2.4, 1.0, 6.0, 350]
X = (X - X[:800].mean(0)) / X[:800].std(0)
labels = kind

visible = Input(shape=(4,))
hidden = Dense(16, activation='relu')(visible)
hidden = Dense(16, activation='relu')(hidden)
output = Dense(4, activation='softmax')(hidden)
model = Model(inputs=visible, outputs=output)
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy')
model.fit(X[:800], labels[:800], epochs=30, batch_size=16, verbose=0)
prediction = model.predict(X[800:], verbose=0)
guess = prediction.argmax(axis=1)
print('RESULT', 'test_accuracy', (guess == kind[800:]).mean())
