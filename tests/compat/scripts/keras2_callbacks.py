"""ModelCheckpoint of weights in .h5 with period=, EarlyStopping(mode='auto'), val_acc, lr logs."""

import os
import tempfile

import numpy as np
from keras.callbacks import Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from keras.layers import Dense
from keras.models import Sequential

x, y = np.random.rand(40, 4), np.random.randint(0, 2, 40)


class Seen(Callback):
    def on_train_begin(self, logs={}):
        self.accuracies = []

    def on_epoch_end(self, epoch, logs={}):
        self.accuracies.append(logs.get("acc"))
        if logs.get("val_acc") > 2:
            self.model.stop_training = True


folder = tempfile.mkdtemp()
path = os.path.join(folder, "w-{epoch:02d}.h5")
seen = Seen()
callbacks = [
    ModelCheckpoint(path, save_weights_only=True, period=2),
    EarlyStopping(monitor="val_acc", mode="auto", patience=10, verbose=1),
    ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=0, epsilon=10.0, min_lr=1e-6),
    seen,
]
model = Sequential([Dense(4, input_dim=4, activation="relu"), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=4, validation_split=0.25, callbacks=callbacks, verbose=0)
assert sorted(os.listdir(folder)) == ["w-02.h5", "w-04.h5"], os.listdir(folder)
assert history.history["lr"][-1] < history.history["lr"][0]
assert seen.accuracies == history.history["acc"]
before = model.predict(x)
model.load_weights(os.path.join(folder, "w-02.h5"))
model.load_weights(os.path.join(folder, "w-04.h5"))
np.testing.assert_array_equal(model.predict(x), before)
