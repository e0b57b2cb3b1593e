import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import SGD
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(13)

iris = load_iris()
Y = np.zeros((150, 3))
for i, c in enumerate(iris.target):
    Y[i, c] = 1.

X_train, X_test, y_train, y_test = train_test_split(iris.data, Y, test_size=50, random_state=3)
m, s = X_train.mean(axis=0), X_train.std(axis=0)
X_train, X_test = (X_train - m) / s, (X_test - m) / s

model = Sequential()
model.add(Dense(8, input_dim=4))
model.add(Activation('sigmoid'))
model.add(Dense(3))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.3), metrics=['accuracy'])
model.fit(X_train, y_train, epochs=100, batch_size=10, verbose=0)

out = model.predict(X_test, verbose=0)
for t, o in zip(y_test[:5], out[:5]):
    print("Target:", t, "| Predicted:", o)
print("RESULT", "accuracy", float((out.argmax(1) == y_test.argmax(1)).mean()))
