import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import LearningRateScheduler

keras.utils.set_random_seed(21)
(xtr, ytr), (xte, yte) = keras.datasets.mnist.load_data()
xtr, ytr, xte, yte = xtr[:4500] / 255., ytr[:4500], xte[:1500] / 255., yte[:1500]

def step_decay(epoch, lr=None):
    initial_lrate = 1e-4
    drop = 0.5
    epochs_drop = 3.0
    return float(initial_lrate * drop ** np.floor((1 + epoch) / epochs_drop))

model = keras.Sequential()
model.add(layers.Flatten(input_shape=(28, 28)))
model.add(layers.Dense(100, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy",
              optimizer=keras.optimizers.SGD(momentum=0.9), metrics=["accuracy"])
model.fit(xtr, ytr, validation_split=0.2, epochs=10, batch_size=32,
          callbacks=[LearningRateScheduler(step_decay)], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(xte, yte, verbose=0)[1])
