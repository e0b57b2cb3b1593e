import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(2)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
y = np.array([[0], [1], [1], [0]], dtype="float32")

w = "glorot_uniform"
model = Sequential([Input((2,))])
model.add(Dense(8, activation="tanh", kernel_initializer=w))
model.add(Dense(8, activation="tanh", kernel_initializer=w))
model.add(Dense(1, activation="sigmoid", kernel_initializer=w))
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.02), metrics=["binary_accuracy"])
model.fit(X, y, epochs=500, batch_size=4, verbose=0)

print(model.predict(X, verbose=0).round(3))
print("RESULT accuracy", float(model.evaluate(X, y, verbose=0)[1]))
