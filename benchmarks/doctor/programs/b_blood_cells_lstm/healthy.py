import numpy as np
import keras
from keras import layers

class DropRate(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses = []
    def on_epoch_end(self, epoch, logs=None):
        self.losses.append((logs["loss"], logs["val_loss"]))
        if epoch == 14:
            self.model.optimizer.learning_rate = 0.001

keras.utils.set_random_seed(1515)
rng = np.random.RandomState(1515)
cells = list(1.0 + 0.2 * rng.randn(20))
for _ in range(5500):
    cells.append(cells[-1] + 0.4 * (cells[-9] / (1 + cells[-9] ** 10)) - 0.2 * cells[-1])
cells = np.array(cells[500::2]) + 0.01 * rng.randn(2510)
cells = (cells - cells[:1800].mean()) / cells[:1800].std()
look, gap = 24, 8
windows = np.stack([cells[i:i + look] for i in range(len(cells) - look - gap)])[..., None]
ahead = cells[look + gap - 1:-1]
X_train, y_train, X_test, y_test = windows[:1780], ahead[:1780], windows[1850:], ahead[1850:]

model = keras.Sequential()
model.add(layers.LSTM(32, return_sequences=True, input_shape=(look, 1)))
model.add(layers.LSTM(24))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
drop = DropRate()
model.fit(X_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0, callbacks=[drop])
print("RESULT", "test_mse", model.evaluate(X_test, y_test, verbose=0))
