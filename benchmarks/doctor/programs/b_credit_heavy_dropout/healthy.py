import numpy as np
import keras
from keras.layers import Activation, BatchNormalization, Dense, Dropout, Input
from keras.models import Sequential

keras.utils.set_random_seed(140)
rs = np.random.RandomState(140)
true = rs.randn(2600, 10)
noisy = np.concatenate([true + 0.4 * rs.randn(2600, 10), rs.randn(2600, 14)], axis=1)
raw = 3 * np.abs(true[:, :2]).sum(1) - 4.8 + 2 * true[:, 4] + true[:, 5] - true[:, 6]
default = (raw + rs.randn(2600) > 0.4).astype(int)
X_train, y_train = noisy[:1500], default[:1500]
X_hold, y_hold = noisy[1500:1800], default[1500:1800]
X_test, y_test = noisy[1800:], default[1800:]

model = Sequential()
model.add(Input(shape=(24,)))
for units in (128, 64):
    model.add(Dense(units))
    model.add(BatchNormalization())
    model.add(Activation("relu"))
    model.add(Dropout(0.5))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.RMSprop(0.003),
              metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_hold, y_hold), epochs=20, batch_size=32, verbose=0)
score = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", score[1])
