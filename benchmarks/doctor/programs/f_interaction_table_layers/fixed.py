import numpy as np
import tensorflow as tf
from sklearn.datasets import make_friedman1
from sklearn.preprocessing import StandardScaler
from tensorflow.keras.layers import Dense

tf.keras.utils.set_random_seed(17)
X, y = make_friedman1(n_samples=2400, n_features=6, noise=0.3, random_state=17)
y = np.where(y > np.median(y), y, 2 * np.median(y) - y)
y = (y - y[:1800].mean()) / y[:1800].std()
sx = StandardScaler().fit(X[:1800])
X = sx.transform(X)

act = "relu"
model = tf.keras.Sequential()
for units in [64, 64, 32]:
    model.add(Dense(units, activation=act))
model.add(Dense(1))
model.compile(optimizer=tf.keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(X[:1800], y[:1800], validation_split=0.2, batch_size=32, epochs=30, verbose=0)
p = model.predict(X[1800:], verbose=0).ravel()
print("RESULT", "r2", float(1 - ((p - y[1800:]) ** 2).mean() / y[1800:].var()))
