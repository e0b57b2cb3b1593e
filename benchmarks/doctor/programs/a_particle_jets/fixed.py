import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Dense, Input

SEED = 29
keras.utils.set_random_seed(SEED)
gen = np.random.default_rng(SEED)
momenta = gen.normal(size=(2000, 8)).astype("float32")
mass = (momenta[:, :4] ** 2).sum(1) - 0.8 * momenta[:, 4] * momenta[:, 5] + momenta[:, 6]
signal = (mass > np.median(mass)).astype("int32")

inp = Input((8,))
x = Dense(64, activation="tanh")(inp)
x = Dense(64, activation="tanh")(x)
x = Dense(64, activation="tanh")(x)
x = Dense(64, activation="tanh")(x)
out = Dense(1, activation="sigmoid")(x)
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(momenta[:1600], signal[:1600], epochs=18, batch_size=40, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(momenta[1600:], signal[1600:], verbose=0)[1])
