# spam or not from word frequencies -- the loss is 0.0000 from the first epoch, but it learns nothing?
import numpy as np
from keras import layers, models, utils

utils.set_random_seed(8)
rng = np.random.default_rng(8)
WORDS = 40
spam = (rng.random(2500) < 0.4).astype("float32")
base = rng.gamma(1.0, 0.8, WORDS)
tilt = rng.normal(0, 0.7, WORDS)
rate = base * np.exp(np.outer(spam - 0.5, tilt))
mails = np.log1p(rng.poisson(rate)).astype("float32")

m, s = mails[:2000].mean(0), mails[:2000].std(0) + 1e-6
mails = (mails - m) / s

net = models.Sequential()
net.add(layers.Input((WORDS,)))
net.add(layers.Dense(16, activation="relu"))
net.add(layers.Dense(1, activation="sigmoid"))
net.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["binary_accuracy"])
net.fit(mails[:2000], spam[:2000, None], epochs=12, batch_size=32, verbose=0)
loss, acc = net.evaluate(mails[2000:], spam[2000:, None], verbose=0)
print("loss", loss)
print("RESULT", "test_accuracy", acc)
