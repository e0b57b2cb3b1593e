import numpy as np
import keras
from keras import layers, regularizers
from sklearn.metrics import average_precision_score

keras.utils.set_random_seed(68)
(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, x_test = x[:4000].reshape(-1, 28, 28, 1) / 255., x_test[:1500].reshape(-1, 28, 28, 1) / 255.
t, t_test = (y[:4000] == 8).astype('float32'), (y_test[:1500] == 8).astype('int')
pos = t.mean()
weights = {0: 0.5 / (1 - pos), 1: 0.5 / pos}

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(16, 3, strides=2, kernel_regularizer=regularizers.l2(1e-4)),
    layers.LeakyReLU(),
    layers.Conv2D(24, 3, strides=2, kernel_regularizer=regularizers.l2(1e-4)),
    layers.LeakyReLU(),
    layers.Flatten(),
    layers.Dropout(0.3),
    layers.Dense(32, activation='relu'),
    layers.Dense(1, activation='sigmoid', bias_initializer='zeros'),
])
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, lr: 2e-3 * 0.85 ** epoch)
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=[keras.metrics.AUC(curve='PR', name='ap')])
model.fit(x, t, batch_size=50, epochs=8, validation_split=0.1, class_weight=weights, callbacks=[schedule], verbose=0)
print('RESULT', 'average_precision', float(average_precision_score(t_test, model.predict(x_test, verbose=0)[:, 0])))
