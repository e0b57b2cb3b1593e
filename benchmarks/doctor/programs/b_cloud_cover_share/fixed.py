import numpy as np
from sklearn.preprocessing import MinMaxScaler
from sklearn.metrics import r2_score
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)
readings = rng.normal(size=(1300, 5))
oktas = 4 + 2 * np.tanh(readings[:, 0] - readings[:, 1]) + np.sin(2 * readings[:, 2]) + rng.normal(0, 0.25, 1300)
y_scaler = MinMaxScaler().fit(oktas[:1000, None])
share = y_scaler.transform(oktas[:, None])

model = Sequential()
model.add(Dense(48, input_shape=(5,), activation="relu"))
model.add(Dense(24, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="mse", optimizer="nadam", metrics=["mae"])
model.fit(readings[:1000], share[:1000], batch_size=20, epochs=30, verbose=0, validation_split=0.2)
print("RESULT", "r2", float(r2_score(share[1000:], model.predict(readings[1000:], verbose=0))))
