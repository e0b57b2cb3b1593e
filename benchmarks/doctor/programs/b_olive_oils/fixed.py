import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(24)
rng = np.random.default_rng(24)
region = rng.integers(0, 4, 800)
centres = rng.normal(size=(4, 7))
acids = centres[region] + rng.normal(0, 0.8, (800, 7))
acids = acids * [40, 12, 25, 300, 90, 5, 8] + [1200, 120, 230, 7300, 980, 32, 58]

X_train, X_test, y_train, y_test = train_test_split(acids, region, test_size=0.3, random_state=24)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

net = keras.Sequential([layers.Input((7,)), layers.Dense(24, activation="relu"), layers.Dense(4, activation="softmax")])
net.compile(optimizer=keras.optimizers.Adam(0.004), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(X_train, y_train, epochs=15, batch_size=16, validation_split=0.15, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(X_test, y_test, verbose=0)[1])
