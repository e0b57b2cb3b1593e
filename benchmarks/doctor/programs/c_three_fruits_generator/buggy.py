import numpy as np
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D
from keras.layers import Activation, Dropout, Flatten, Dense
from keras.utils import set_random_seed

set_random_seed(56)
rng = np.random.RandomState(56)
img_width, img_height = 24, 24

def fruit(kind):
    yy, xx = np.mgrid[:24, :24] - rng.uniform(9, 14, (2, 1, 1))
    if kind == 0:
        body = xx ** 2 + yy ** 2 < rng.uniform(20, 45)
    elif kind == 1:
        body = (xx / 2.4) ** 2 + (yy * 1.4) ** 2 < rng.uniform(8, 14)
    else:
        body = (np.abs(xx) < 2.5) | (np.abs(yy) < 2.5)
    img = np.full((24, 24, 3), 60.) + rng.normal(0, 25, (24, 24, 3))
    img[body] += rng.uniform(60, 150, 3)
    return np.clip(img, 0, 255)

y = rng.randint(0, 3, 900)
X = np.stack([fruit(k) for k in y]) / 255.
X_train, y_train, X_test, y_test = X[:700], y[:700], X[700:], y[700:]

model = Sequential()
model.add(Conv2D(16, (3, 3), input_shape=(img_width, img_height, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(32, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dropout(0.5))
model.add(Dense(1))
model.add(Activation('sigmoid'))

model.compile(loss='mean_squared_error', optimizer='rmsprop', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=10, batch_size=16, verbose=0)
p = model.predict(X_test, verbose=0)
guess = p.argmax(1) if p.shape[1] > 1 else np.round(p[:, 0])
print('RESULT accuracy', float((guess == y_test).mean()))
