import numpy as np
import keras
from keras import layers
from keras.optimizers import SGD, Adam

keras.utils.set_random_seed(9)
gen = np.random.default_rng(9)
beat = gen.integers(0, 3, 2000)
t = np.linspace(0, 1, 64)
width = np.array([0.04, 0.08, 0.14])[beat][:, None]
where = gen.uniform(0.35, 0.65, (2000, 1))
signal = np.exp(-((t - where) / width) ** 2) + 0.15 * gen.normal(size=(2000, 64))
signal = ((signal - signal[:1600].mean()) / signal[:1600].std())[..., None]

net = keras.Sequential()
net.add(keras.Input((64, 1)))
net.add(layers.Conv1D(16, 5, activation="relu"))
net.add(layers.MaxPooling1D(2))
net.add(layers.Conv1D(32, 5, activation="relu"))
net.add(layers.GlobalMaxPooling1D())
net.add(layers.Dense(3, activation="softmax"))
net.compile(loss="sparse_categorical_crossentropy", optimizer=Adam(learning_rate=0.002))

for step in range(500):
    pick = gen.integers(0, 1600, 32)
    loss = net.train_on_batch(signal[pick], beat[pick])
hit = net.predict(signal[1600:], verbose=0).argmax(1) == beat[1600:]
print("RESULT", "test_accuracy", float(hit.mean()))
