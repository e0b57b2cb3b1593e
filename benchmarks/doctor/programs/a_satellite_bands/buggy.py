import numpy as np
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD
from keras.utils import set_random_seed, to_categorical

set_random_seed(73)
rng = np.random.default_rng(73)
cover = rng.integers(0, 5, 2500)
spectrum = rng.uniform(300, 4000, size=(5, 8))
bands = spectrum[cover] * rng.normal(1.0, 0.25, size=(2500, 8)) + rng.normal(0, 250, size=(2500, 8))
labels = to_categorical(cover, 5)
x_train, x_test, y_train, y_test = bands[:2000], bands[2000:], labels[:2000], labels[2000:]

model = Sequential()
model.add(Dense(40, input_dim=8, activation='elu'))
model.add(Dense(20, activation='elu'))
model.add(Dense(5, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(learning_rate=0.01, momentum=0.9), metrics=['accuracy'])
model.fit(x_train, y_train, epochs=25, batch_size=32, verbose=0, validation_split=0.1)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
