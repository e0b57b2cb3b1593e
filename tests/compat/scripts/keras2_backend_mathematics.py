"""Losses and metrics written with keras.backend: K.mean, K.square, K.sum, K.clip, K.epsilon."""

import keras.backend as K
import numpy as np
from keras.layers import Dense
from keras.models import Sequential


def root_mean_squared_error(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def coeff_determination(y_true, y_pred):
    res = K.sum(K.square(y_true - y_pred))
    total = K.sum(K.square(y_true - K.mean(y_true)))
    return 1 - res / (total + K.epsilon())


x = np.random.rand(32, 3).astype("float32")
y = (x.sum(axis=1, keepdims=True) > 1.5).astype("float32")
model = Sequential([Dense(1, input_dim=3, activation="sigmoid")])
model.compile(
    loss=root_mean_squared_error, optimizer="adam", metrics=[recall_m, coeff_determination]
)
history = model.fit(x, y, batch_size=32, epochs=1, verbose=0)
assert set(history.history) == {"loss", "recall_m", "coeff_determination"}
loss, recall, r2 = model.evaluate(x, y, batch_size=32, verbose=0)
p = model.predict(x)
np.testing.assert_allclose(loss, np.mean(np.abs(p - y)), rtol=1e-4)
np.testing.assert_allclose(recall, np.round(y * p).sum() / y.sum(), rtol=1e-4, atol=1e-6)
