import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.utils import set_random_seed

set_random_seed(84)
rng = np.random.default_rng(84)
hours = rng.normal(size=(2000, 6)).astype("float32")
busy = (1.2 * hours[:, 0] - hours[:, 1] + 0.8 * hours[:, 2] > 0).astype("int32")
flip = rng.random(2000) < 0.15
busy = np.where(flip, 1 - busy, busy)
x_fit, y_fit = hours[:500], busy[:500]
x_dev, y_dev = hours[500:800], busy[500:800]

net = Sequential([Input((6,)), Dense(128, activation="relu"), Dense(128, activation="relu"),
                  Dense(1, activation="sigmoid")])
early = keras.callbacks.EarlyStopping("val_loss", patience=6, restore_best_weights=True)
net.compile(optimizer=keras.optimizers.Adam(0.0007), loss="binary_crossentropy")
net.fit(x_fit, y_fit, batch_size=16, epochs=120, validation_data=(x_dev, y_dev), verbose=0, callbacks=[early])
print("RESULT", "test_loss", net.evaluate(hours[800:], busy[800:], verbose=0))
