import math
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import Adam
from keras.callbacks import LearningRateScheduler
from keras.utils import to_categorical, set_random_seed
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

set_random_seed(5)
X, labels = load_digits(return_X_y=True)
X = X / 16.0
Y = to_categorical(labels)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=5, stratify=labels)

def step_decay(epoch):
    initial = 0.005
    drop = 0.6
    every = 10.0
    return initial * math.pow(drop, math.floor((1 + epoch) / every))

model = Sequential()
model.add(Dense(64, input_shape=(64,)))
model.add(Activation("relu"))
model.add(Dense(48))
model.add(Activation("relu"))
model.add(Dense(10))
model.add(Activation("softmax"))
model.compile(Adam(0.001), "categorical_crossentropy", metrics=["accuracy"])
model.fit(X_train, Y_train, epochs=25, batch_size=32, validation_split=0.1,
          callbacks=[LearningRateScheduler(step_decay)], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, Y_test, verbose=0)[1])
