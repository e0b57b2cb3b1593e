import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import SGD
from tensorflow.keras.utils import set_random_seed
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

set_random_seed(7)
rng = np.random.default_rng(7)
z = rng.normal(size=(1600, 8))
X = z * [3, 30, 12, 9, 80, 6, 0.3, 11] + [5, 120, 70, 22, 160, 32, 0.9, 36]
risk = 1.2 * z[:, 1] + 0.9 * z[:, 5] + 1.2 * z[:, 6] + 0.8 * z[:, 7] * z[:, 0] + 0.4 * rng.normal(size=1600)
Y = (risk > 0).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, Y, test_size=0.25, random_state=7)
sc = StandardScaler().fit(X_train)
X_train, X_test = sc.transform(X_train), sc.transform(X_test)

model = Sequential()
model.add(Dense(12, input_dim=8, activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=SGD(0.05), metrics=["accuracy"])
model.fit(X_train, y_train, validation_split=0.2, epochs=60, batch_size=16, verbose=0)
scores = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", scores[1])
