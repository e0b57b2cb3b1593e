import numpy as np
import keras
from keras import models, layers
from keras.callbacks import EarlyStopping

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)
n, dimension = 1500, 400
mood = rng.normal(0, 1, dimension) * (rng.random(dimension) < 0.2)
y = rng.integers(0, 2, n)
p = 1 / (1 + np.exp(2.6 - 1.0 * np.outer(2 * y - 1, mood)))
x = (rng.random((n, dimension)) < p).astype('float32')
y = np.where(rng.random(n) < 0.07, 1 - y, y).astype('float32')
x_train, y_train, x_test, y_test = x[:900], y[:900], x[900:], y[900:]

model = models.Sequential()
model.add(layers.Dense(16, activation='relu', input_shape=(dimension,)))
model.add(layers.Dense(16, activation='relu'))
model.add(layers.Dropout(0.5))
model.add(layers.Dense(1, activation='sigmoid'))

model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
history = model.fit(x_train, y_train, epochs=40, batch_size=32, validation_split=0.2, verbose=0,
                    callbacks=[EarlyStopping(patience=3, restore_best_weights=True)])

results = model.evaluate(x_test, y_test, verbose=0)
print('RESULT test_loss', results[0])
