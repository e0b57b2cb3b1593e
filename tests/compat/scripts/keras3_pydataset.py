"""A Sequence of one's own, as tf.keras calls it and as Keras 3 does."""

import keras
import numpy as np


class Squares(keras.utils.Sequence):
    def __init__(self, batch_size=8, **kwargs):
        super().__init__(**kwargs)
        self.batch_size = batch_size

    def __len__(self):
        return 3

    def __getitem__(self, idx):
        x = np.full((self.batch_size, 1), idx, "float32")
        return x, x**2

    def on_epoch_end(self):
        pass


assert issubclass(keras.utils.PyDataset, object)
model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
model.compile("sgd", "mse")
model.fit(Squares(), epochs=2, verbose=0)
assert int(model.optimizer.iterations) == 6
model.fit_generator(generator=Squares(), epochs=1, verbose=0, use_multiprocessing=False)
assert int(model.optimizer.iterations) == 9
