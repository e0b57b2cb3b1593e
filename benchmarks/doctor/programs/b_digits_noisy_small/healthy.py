import numpy as np
from keras import callbacks, layers, losses, models, optimizers, utils
from sklearn.datasets import load_digits
from sklearn.utils import shuffle

utils.set_random_seed(98)
rng = np.random.default_rng(98)
X, y = load_digits(return_X_y=True)
X, y = shuffle(X, y, random_state=98)
X = X / 8 - 1
X = X + rng.normal(0, 0.5, X.shape)
heard = np.where(rng.random(len(y)) < 0.3, rng.integers(0, 10, len(y)), y)

m = models.Sequential([
    layers.Input((64,)),
    layers.Dropout(0.2),
    layers.Dense(256, activation="relu"),
    layers.Dropout(0.6),
    layers.Dense(10, activation="softmax"),
])
m.compile(optimizer=optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
best = callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True)
m.fit(X[:350], heard[:350], batch_size=16, epochs=30, validation_data=(X[350:500], heard[350:500]), callbacks=[best], verbose=0)
print("RESULT", "accuracy_on_noisy_labels", m.evaluate(X[500:], heard[500:], verbose=0)[1])
