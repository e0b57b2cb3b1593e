import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, callbacks

tf.keras.utils.set_random_seed(99)
(x, y), (x_test, y_test) = tf.keras.datasets.fashion_mnist.load_data()
rows = np.isin(y, [0, 2, 4, 6])
x, y = x[rows][:500] / 255.0, y[rows][:500] // 2
rows = np.isin(y_test, [0, 2, 4, 6])
x_test, y_test = x_test[rows][:1200] / 255.0, y_test[rows][:1200] // 2

model = tf.keras.Sequential()
model.add(layers.Input(shape=(28, 28)))
model.add(layers.Flatten())
model.add(layers.Dense(256, activation='relu'))
model.add(layers.Dense(256, activation='relu'))
model.add(layers.Dense(4, activation='softmax'))
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
stop = callbacks.EarlyStopping(monitor='val_loss', patience=8, restore_best_weights=True)
model.fit(x, y, batch_size=16, epochs=60, validation_split=0.2, callbacks=[stop], verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print('RESULT', 'test_loss', loss, 'accuracy', acc)
