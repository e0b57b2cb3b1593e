import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Input, Dense
from keras.regularizers import l2
from keras.optimizers import SGD
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
n = 2400
income = np.exp(rng.normal(10.3, 0.5, n))
debt = income * rng.beta(2, 4, n)
months = rng.integers(0, 240, n)
late = rng.poisson(0.8, n)
score = 1.5 * (0.33 - debt / income) * 6 + 0.9 * np.tanh((months - 60) / 40) - 0.8 * np.maximum(late - 1, 0) + 0.8
repaid = np.where(score + rng.logistic(0, 0.6, n) > 0.2, 1, -1)

x = np.column_stack([np.log(income), debt / income, months, late])
x_tr, x_te, y_tr, y_te = train_test_split(x, repaid, test_size=0.3, stratify=repaid, random_state=21)
sc = StandardScaler().fit(x_tr)

net = Sequential()
net.add(Input((4,)))
net.add(Dense(32, activation="relu", kernel_regularizer=l2(1e-4)))
net.add(Dense(16, activation="relu", kernel_regularizer=l2(1e-4)))
net.add(Dense(1, activation="linear"))
net.compile(loss="hinge", optimizer=SGD(0.02, momentum=0.9))
net.fit(sc.transform(x_tr), y_tr, epochs=60, batch_size=32, validation_split=0.2, verbose=0)
side = np.sign(net.predict(sc.transform(x_te), verbose=0).ravel())
print("RESULT accuracy", np.mean(side == y_te))
