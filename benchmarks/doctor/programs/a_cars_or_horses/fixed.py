import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
from tensorflow.keras.models import Sequential

tf.keras.utils.set_random_seed(31)
(x, y), (xt, yt) = tf.keras.datasets.cifar10.load_data()
pick, pick_t = np.isin(y.ravel(), [1, 7]), np.isin(yt.ravel(), [1, 7])
x_train = x[pick][:1500].astype('float32') / 255
y_train = (y[pick][:1500].ravel() == 7).astype('float32')
x_test = xt[pick_t][:600].astype('float32') / 255
y_test = (yt[pick_t][:600].ravel() == 7).astype('float32')

model = Sequential()
model.add(Conv2D(16, (3, 3), activation='relu', input_shape=(32, 32, 3)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(24, (3, 3), activation='relu'))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(32, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(lr=0.002), metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=32, epochs=6, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
