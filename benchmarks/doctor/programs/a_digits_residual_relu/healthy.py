import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
pixels, digit = load_digits(return_X_y=True)
pixels = (pixels / 16.0).astype("float32")
is_odd = (digit % 2).astype("float32")
order = np.random.default_rng(3).permutation(len(pixels))
train, val, test = np.split(order, [1100, 1400])

inputs = keras.Input((64,))
x = layers.Dense(48)(inputs)
for _ in range(6):
    branch = layers.Dense(48, activation="relu")(x)
    branch = layers.Dense(48, kernel_initializer="zeros")(branch)
    x = layers.add([x, branch])
outputs = layers.Dense(1, activation="sigmoid")(layers.Activation("relu")(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True)
model.fit(pixels[train], is_odd[train], validation_data=(pixels[val], is_odd[val]),
          epochs=25, batch_size=50, callbacks=[stop], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(pixels[test], is_odd[test], verbose=0)[1])
