import numpy as np
from tensorflow import keras

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)
visits = rng.normal(size=(1200, 14, 3)).astype("float32")
decay = 0.8 ** np.arange(14)[::-1]
burden = (visits[:, :, 0] * decay).sum(1) - (visits[:, :, 1] * decay).sum(1)
returned = (burden + 0.3 * rng.normal(size=1200) > 0).astype("float32")

class ReturnRisk(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = keras.layers.SimpleRNN(16)
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, stay):
        return self.head(self.rnn(stay))

model = ReturnRisk()
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
model.fit(visits[:900], returned[:900], epochs=20, batch_size=50, verbose=0)
risk = model.predict(visits[900:], verbose=0)[:, 0]
right = (risk > 0.5) == (returned[900:] > 0.5)
print("RESULT", "test_accuracy", float(right.mean()))
