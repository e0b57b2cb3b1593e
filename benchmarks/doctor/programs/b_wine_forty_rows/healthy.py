import numpy as np
import keras
from keras import layers, regularizers
from sklearn.datasets import load_wine

keras.utils.set_random_seed(17)
data = load_wine()
order = np.random.default_rng(17).permutation(len(data.target))
train, val, test = order[:40], order[40:70], order[70:]
mu, sd = data.data[train].mean(0), data.data[train].std(0)
features = ((data.data - mu) / sd).astype("float32")
cultivar = data.target

net = keras.Sequential([
    keras.Input((13,)),
    layers.Dense(24, activation="relu", kernel_regularizer=regularizers.l2(0.01)),
    layers.Dense(3, kernel_regularizer=regularizers.l2(0.01)),
])
net.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
stop = keras.callbacks.EarlyStopping("val_loss", patience=15, restore_best_weights=True)
net.fit(features[train], cultivar[train], validation_data=(features[val], cultivar[val]),
        batch_size=10, epochs=80, callbacks=[stop], verbose=0)
guess = net.predict(features[test], verbose=0).argmax(1)
print("RESULT", "test_accuracy", float((guess == cultivar[test]).mean()))
