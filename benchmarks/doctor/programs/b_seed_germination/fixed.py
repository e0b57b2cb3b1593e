import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

tf.keras.utils.set_random_seed(530)
rng = np.random.default_rng(530)
n = 1200
lab = rng.normal(size=(n, 16)) * rng.uniform(1, 40, 16) + rng.uniform(-50, 50, 16)
unit = (lab - lab.mean(0)) / lab.std(0)
z = 1.2 * unit[:, 0] - 1.0 * unit[:, 1] + 0.8 * unit[:, 2] - 0.6 * unit[:, 3] ** 2 + 0.6
sprouts = (z + rng.logistic(0, 0.5, n) > 0).astype(int)
X_train, X_test, y_train, y_test = train_test_split(lab, sprouts, test_size=0.6, random_state=530)
ss = StandardScaler()
X_train = ss.fit_transform(X_train)
X_test = ss.transform(X_test)

model = Sequential()
model.add(Dense(24, activation="relu", kernel_regularizer=tf.keras.regularizers.l2(0.01), input_shape=(16,)))
model.add(Dense(24, activation="relu", kernel_regularizer=tf.keras.regularizers.l2(0.01)))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=16, epochs=120, validation_split=0.2, verbose=0,
          callbacks=[tf.keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)])
p = model.predict(X_test, verbose=0)
print("RESULT", "test_log_loss", log_loss(y_test, p))
