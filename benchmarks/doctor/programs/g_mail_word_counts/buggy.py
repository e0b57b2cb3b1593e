import numpy as np
import keras
from keras.layers import Dense, Activation, Dropout
from keras.models import Sequential

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

# 40 words, counts per mail; +1 spam, -1 ham
base = rng.gamma(1.0, 0.6, 40)
spammy = base * np.where(np.arange(40) < 14, 2.2, 0.8)
label = np.where(rng.random(2400) < 0.4, 1, -1)
counts = rng.poisson(np.where(label[:, None] == 1, spammy, base) * rng.gamma(4, 0.25, (2400, 1)))
freq = np.log1p(counts).astype("float32")

train_x, train_y = freq[:1800], label[:1800]
test_x, test_y = freq[1800:], label[1800:]

model = Sequential()
model.add(keras.Input(shape=(40,)))
for units in (32, 16):
    model.add(Dense(units))
    model.add(Activation("relu"))
model.add(Dropout(0.2))
model.add(Dense(1))
model.add(Activation("sigmoid"))

model.compile(loss="hinge", optimizer="rmsprop")
model.fit(train_x, train_y, epochs=12, batch_size=32, validation_split=0.1, verbose=0)
said = np.sign(model.predict(test_x, verbose=0).ravel())
print("spam found", int((said == 1).sum()), "of", int((test_y == 1).sum()))
print("RESULT", "test_accuracy", float((said == test_y).mean()))
