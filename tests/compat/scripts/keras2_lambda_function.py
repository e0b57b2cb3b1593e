"""A Lambda with K inside, and K.function for activations within."""

import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.models import Model

inputs = Input(shape=(5,))
hidden = Dense(4, activation="relu", name="hidden")(inputs)
unit = Lambda(lambda x: K.l2_normalize(x, axis=1), name="unit")(hidden)
distance = Lambda(lambda x: K.sum(K.abs(x), axis=-1, keepdims=True))(unit)
model = Model(inputs=inputs, outputs=distance)
x = np.random.rand(3, 5).astype("float32")
get_hidden = K.function([model.layers[0].input], [model.get_layer("hidden").output])
found = get_hidden([x])[0]
kernel, bias = model.get_layer("hidden").get_weights()
np.testing.assert_allclose(found, np.maximum(x @ kernel + bias, 0), rtol=1e-4, atol=1e-6)
with_phase = K.function([model.input, K.learning_phase()], [model.output])
np.testing.assert_allclose(with_phase([x, 0])[0], model.predict(x), rtol=1e-5)
