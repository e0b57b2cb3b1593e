# Time-based drop of the learning rate
import math
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD
from keras.callbacks import LearningRateScheduler
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(351)

def step_decay(epoch):
    initial_lrate = 0.1
    drop = 0.5
    epochs_drop = 15.0
    return initial_lrate * math.pow(drop, math.floor((1 + epoch) / epochs_drop))

X, y = make_moons(1500, noise=0.22, random_state=351)
rng = np.random.default_rng(351)
X = np.column_stack([X, rng.normal(size=(1500, 6))])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.33, random_state=7)
m, s = X_train.mean(0), X_train.std(0)
X_train, X_test = (X_train - m) / s, (X_test - m) / s

model = Sequential()
model.add(Dense(34, input_dim=8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
# the rate given here is replaced by the schedule
sgd = SGD(lr=0.0, momentum=0.9)
model.compile(loss='binary_crossentropy', optimizer=sgd, metrics=['accuracy'])

lrate = LearningRateScheduler(step_decay)
model.fit(X_train, y_train, validation_split=0.2, epochs=45, batch_size=28, callbacks=[lrate], verbose=0)
print("RESULT accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
