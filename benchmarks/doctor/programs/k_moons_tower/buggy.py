"""Does a deep network draw a nicer border between the two moons?"""
import keras
from keras import Sequential, Input
from keras.layers import Dense
from sklearn.datasets import make_moons

keras.utils.set_random_seed(3)

DEPTH = 9
UNITS = 20
ACT = "sigmoid"
INIT = "glorot_uniform"

X, y = make_moons(4000, noise=0.12, random_state=3)
X = (X - X.mean(axis=0)) / X.std(axis=0)
Xtr, ytr = X[:2800], y[:2800]
Xva, yva = X[2800:3200], y[2800:3200]
Xte, yte = X[3200:], y[3200:]

model = Sequential([Input((2,))])
for i in range(DEPTH):
    model.add(Dense(UNITS, activation=ACT, kernel_initializer=INIT, name=f"floor_{i}"))
model.add(Dense(1, activation="sigmoid", name="roof"))

model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
h = model.fit(Xtr, ytr, validation_data=(Xva, yva), epochs=25, batch_size=64, verbose=0)
for e in (0, 9, 24):
    print(e, h.history["loss"][e], h.history["val_loss"][e])

print("RESULT accuracy", model.evaluate(Xte, yte, verbose=0)[1])
