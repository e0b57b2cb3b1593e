import numpy as np
import keras
from keras.layers import Dense, Input
from keras.initializers import RandomNormal
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1234)
rng = np.random.default_rng(1234)
X = rng.normal(size=(1500, 16)).astype("float32")
grade = (np.sin(X[:, 0]) + X[:, 1] * X[:, 2] * 0.5 + X[:, 3:7].sum(1) * 0.5 > 0).astype("float32")
X_tr, X_te, g_tr, g_te = train_test_split(X, grade, test_size=0.3, random_state=4)

init = RandomNormal(mean=0.0, stddev=2.0)
model = keras.Sequential([
    Input((16,)),
    Dense(64, activation="tanh", kernel_initializer=init),
    Dense(64, activation="tanh", kernel_initializer=init),
    Dense(32, activation="tanh", kernel_initializer=init),
    Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
              loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_tr, g_tr, batch_size=32, epochs=9, validation_split=0.2, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_te, g_te, verbose=0)[1])
