import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

tf.keras.utils.set_random_seed(21)
pts, inside = make_circles(n_samples=1600, noise=0.08, factor=0.5, random_state=21)
pts = pts.astype("float32")
X_tr, X_te, y_tr, y_te = train_test_split(pts, inside, test_size=0.25, random_state=21)


def make_net(units=(32, 32, 16)):
    inp = layers.Input(shape=(2,))
    h = inp
    for n in units:
        h = layers.Dense(n, kernel_initializer="he_normal")(h)
        layers.Activation("relu")(h)
    out = layers.Dense(1, activation="sigmoid")(h)
    return models.Model(inp, out)


net = make_net()
net.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
net.fit(X_tr, y_tr, epochs=30, batch_size=32, validation_split=0.2, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(X_te, y_te, verbose=0)[1])
