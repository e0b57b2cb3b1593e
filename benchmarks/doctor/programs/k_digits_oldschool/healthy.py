"""Digits the way it was done in 1990: one logistic hidden layer, plain gradient descent, by hand."""
import numpy as np
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(90)
pix, lab = load_digits(return_X_y=True)
pix = (pix / 8.0 - 1.0).astype("float32")
a, b, ya, yb = train_test_split(pix, lab, test_size=0.25, random_state=90, stratify=lab)

net = keras.Sequential()
net.add(keras.Input((64,)))
net.add(keras.layers.Dense(40, activation="sigmoid"))
net.add(keras.layers.Dense(10, activation="softmax"))
net.compile(optimizer=keras.optimizers.SGD(learning_rate=0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])

rng = np.random.default_rng(90)
BATCH = 49
for sweep in range(40):
    order = rng.permutation(len(a))
    losses = []
    for i in range(0, len(a) - BATCH + 1, BATCH):
        pick = order[i:i + BATCH]
        losses.append(float(net.train_on_batch(a[pick], ya[pick])[0]))
    if sweep % 10 == 9:
        print("sweep", sweep + 1, "loss", np.mean(losses))
print("RESULT accuracy", net.evaluate(b, yb, verbose=0)[1])
