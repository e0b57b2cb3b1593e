"""Model(input=, output=) and merge([...], mode=)."""

import numpy as np
from keras.layers import Dense, Input, merge
from keras.models import Model

left, right = Input(shape=(4,), name="left"), Input(shape=(4,), name="right")
a, b = Dense(3, name="a")(left), Dense(3, name="b")(right)
summed = merge([a, b], mode="sum")
joined = merge([summed, a], mode="concat", concat_axis=-1)
product = merge([a, b], mode="mul")
out = Dense(1)(merge([joined, product], mode="concat"))
model = Model(input=[left, right], output=out)
x = [np.random.rand(6, 4), np.random.rand(6, 4)]
assert model.predict(x).shape == (6, 1)
inner = Model(input=[left, right], output=[a, b, summed])
found_a, found_b, found_sum = inner.predict(x)
np.testing.assert_allclose(found_a + found_b, found_sum, rtol=1e-5, atol=1e-6)
assert model.get_layer("a").get_output_at(0) is a
assert model.get_layer("a").get_output_shape_at(0) == (None, 3)
