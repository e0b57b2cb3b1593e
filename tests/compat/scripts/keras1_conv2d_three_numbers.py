"""Keras 1's three numbers under the new class's name, told by border_mode."""

from keras.layers import Conv2D, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Conv2D(8, 3, 3, border_mode="same", input_shape=(8, 8, 1)))
assert model.output_shape == (None, 8, 8, 8)
model.add(Conv2D(4, 5, 1, init="he_normal", subsample=(1, 1)))
assert model.output_shape == (None, 4, 8, 4)
model.add(Conv2D(2, 3, 2))  # here the third number is the strides, as in Keras 2
assert model.output_shape == (None, 1, 3, 2)
model.add(Flatten())
assert model.count_params() == 8 * 9 + 8 + 4 * 40 + 4 + 2 * 36 + 2
