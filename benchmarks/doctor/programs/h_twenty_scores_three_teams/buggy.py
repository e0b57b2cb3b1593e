import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.layers import Dense
from tensorflow.keras.initializers import RandomNormal

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
x = rng.normal(size=(3000, 20)).astype("float32")
w = rng.normal(size=(20, 3))
y = np.argmax(x @ w + 0.5 * rng.normal(size=(3000, 3)), axis=1)
x_train, x_test, y_train, y_test = x[:2200], x[2200:], y[:2200], y[2200:]

my_init = RandomNormal(mean=0.0, stddev=1.5)
model = keras.Sequential()
model.add(keras.Input(shape=(20,)))
for size in (64, 64, 64, 32):
    model.add(Dense(size, activation=tf.nn.tanh, kernel_initializer=my_init, bias_initializer="zeros"))
model.add(Dense(3, activation=tf.nn.softmax))
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(),
              metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=50, epochs=12, verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
