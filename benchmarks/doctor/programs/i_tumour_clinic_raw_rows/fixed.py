import numpy as np
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 21
EPOCHS = 30
BATCH = 16

keras.utils.set_random_seed(SEED)


def prepare():
    data = load_breast_cancer()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.3, random_state=SEED, stratify=data.target)
    scaler = StandardScaler()
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.transform(x_test)
    return x_train, x_test, y_train.astype("float32"), y_test.astype("float32")


def build(n_features):
    inp = keras.Input((n_features,))
    h = keras.layers.Dense(16, activation="relu")(inp)
    h = keras.layers.Dense(8, activation="relu")(h)
    out = keras.layers.Dense(1, activation="sigmoid")(h)
    net = keras.Model(inp, out)
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return net


x_train, x_test, y_train, y_test = prepare()
net = build(x_train.shape[1])
hist = net.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, verbose=0)
print("train accuracy", hist.history["accuracy"][-1])
prob = net.predict(x_test, verbose=0).ravel()
print("RESULT", "test_accuracy", float(np.mean((prob > 0.5) == (y_test > 0.5))))
