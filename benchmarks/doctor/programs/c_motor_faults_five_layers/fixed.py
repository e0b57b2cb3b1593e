import numpy as np
from sklearn.preprocessing import StandardScaler, LabelBinarizer
from sklearn.model_selection import train_test_split
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.optimizers import SGD
import keras

keras.utils.set_random_seed(101)
rng = np.random.default_rng(101)
names = np.array(["bearing", "healthy", "rotor", "stator"])
kind = rng.integers(0, 4, 2400)
current = rng.normal(10, 1.2, 2400)
slip = 0.03 + 0.02 * (kind == 2) * current / 10 + rng.normal(0, 0.005, 2400)
side = rng.gamma(2, 0.4, 2400) + 1.5 * (kind == 2)
shake = rng.gamma(3, 0.3, 2400) * np.where(kind == 0, 2.6, 1)
heat = 45 + 2.5 * (current - 10) + 9 * (kind == 3) + rng.normal(0, 3, 2400)
unbalance = np.abs(rng.normal(0, 1, 2400)) + 2 * (kind == 3) * rng.random(2400)

X = np.c_[current, slip, side, shake, heat, unbalance]
Y = LabelBinarizer().fit_transform(names[kind])
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=101)
ss = StandardScaler()
X_train = ss.fit_transform(X_train)
X_test = ss.transform(X_test)

act = "relu"
model = Sequential([Input((6,))])
for units in [40, 32, 32, 24, 16]:
    model.add(Dense(units, activation=act))
model.add(Dense(4, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=SGD(learning_rate=0.05, momentum=0.5), metrics=["accuracy"])
model.fit(X_train, Y_train, epochs=50, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT accuracy", model.evaluate(X_test, Y_test, verbose=0)[1])
