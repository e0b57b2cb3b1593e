"""Keras 3: Precision, Recall, AUC beside accuracy, early stopping on one of them."""

import keras
import numpy as np

x = np.random.rand(48, 3)
y = (x[:, :1] > 0.5).astype("float32")
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(
    optimizer=keras.optimizers.Adam(0.1),
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.Precision(), keras.metrics.AUC(name="auc")],
)
stop = keras.callbacks.EarlyStopping(
    monitor="val_auc", mode="max", patience=2, restore_best_weights=True
)
history = model.fit(x, y, epochs=3, validation_split=0.25, callbacks=[stop], verbose=0)
assert {"accuracy", "precision", "auc", "val_auc"} <= set(history.history)
assert history.history["auc"][-1] > 0
