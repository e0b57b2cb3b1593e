import numpy as np
import keras
from keras.layers import Dense, Input
from sklearn.metrics import log_loss

keras.utils.set_random_seed(37)
rng = np.random.default_rng(37)
X = rng.normal(size=(1100, 30)).astype("float32")
effect = np.zeros(30)
effect[:5] = [0.9, -0.8, 0.7, 0.6, -0.6]
p = 1 / (1 + np.exp(-(X @ effect)))
y = (rng.random(1100) < p).astype("int32")

model = keras.models.Sequential()
model.add(Input(shape=(30,)))
model.add(Dense(64, activation="relu"))
model.add(Dense(64, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(5e-4), loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=15, restore_best_weights=True)
model.fit(X[:320], y[:320], epochs=300, batch_size=16, validation_split=0.25, callbacks=[stop], verbose=0)
risk = model.predict(X[320:], verbose=0).ravel()
print("RESULT test_log_loss", log_loss(y[320:], risk))
