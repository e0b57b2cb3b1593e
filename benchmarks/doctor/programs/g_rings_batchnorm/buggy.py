import numpy as np
import keras
from keras.layers import Input, Dense, BatchNormalization, Dropout
from sklearn.datasets import make_gaussian_quantiles
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
X, y = make_gaussian_quantiles(n_samples=2400, n_features=4, n_classes=3, random_state=4)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=4)

inp = Input(shape=(4,))
z = inp
for width in (64, 64, 32):
    z = Dense(width, use_bias=False, kernel_initializer="he_uniform")(z)
    z = BatchNormalization()(z)
out = Dense(3, activation="softmax")(Dropout(0.1)(z))
net = keras.Model(inp, out)

net.compile(keras.optimizers.Adam(3e-3), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["acc"])
plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=5)
net.fit(X_train, y_train, epochs=25, batch_size=48, validation_split=0.15, callbacks=[plateau], verbose=0)
print("RESULT", "test_accuracy", round(net.evaluate(X_test, y_test, verbose=0)[1], 4))
