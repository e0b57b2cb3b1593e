import numpy as np
import keras
from keras.layers import Dense

keras.utils.set_random_seed(6)
r = np.random.default_rng(6)
bits = r.integers(0, 2, size=(800, 2))
target = np.bitwise_xor(bits[:, 0], bits[:, 1]).astype("float32")
signal = 2 * bits - 1 + r.normal(scale=0.2, size=(800, 2))

act = "relu"
model = keras.Sequential([keras.Input((2,))] + [Dense(16, activation=act) for _ in range(7)])
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.RMSprop(0.001), metrics=["accuracy"])
model.fit(signal[:500], target[:500], epochs=40, batch_size=20, verbose=0)
loss, acc = model.evaluate(signal[500:], target[500:], verbose=0)
print("RESULT", "test_accuracy", acc)
