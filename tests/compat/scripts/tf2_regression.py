"""The auto MPG tutorial: pandas, a Normalization layer, PrintDot, DataFrame(history)."""

import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.layers.experimental import preprocessing

dataset = pd.DataFrame(np.random.rand(40, 4), columns=["MPG", "Weight", "Power", "Year"])
train_features = dataset.sample(frac=0.8, random_state=0).copy()
test_features = dataset.drop(train_features.index)
train_labels = train_features.pop("MPG")
test_labels = test_features.pop("MPG")
normalizer = preprocessing.Normalization(axis=-1)
normalizer.adapt(np.array(train_features))


class PrintDot(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 100 == 0:
            print("")
        print(".", end="")


model = tf.keras.Sequential([normalizer, layers.Dense(4, activation="relu"), layers.Dense(1)])
model.compile(
    loss="mean_absolute_error",
    optimizer=tf.keras.optimizers.Adam(0.1),
    metrics=["mae", "mse"],
)
history = model.fit(
    train_features,
    train_labels,
    validation_split=0.2,
    epochs=3,
    verbose=0,
    callbacks=[PrintDot()],
)
hist = pd.DataFrame(history.history)
hist["epoch"] = history.epoch
assert list(hist.tail()["epoch"]) == [0, 1, 2]
assert {"loss", "mae", "mse", "val_loss", "val_mae", "val_mse"} < set(hist.columns)
test_predictions = model.predict(test_features).flatten()
assert test_predictions.shape == (8,)
