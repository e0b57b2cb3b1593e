"""model.save('x.h5'), load_model, to_json and model_from_json, weights in a file of their own."""

import os
import tempfile

import numpy as np
from keras.layers import Dense
from keras.models import Sequential, load_model, model_from_json

folder = tempfile.mkdtemp()
model = Sequential([Dense(3, input_dim=2, activation="tanh"), Dense(1)])
model.compile(loss="mse", optimizer="adam", metrics=["mae"])
x = np.random.rand(8, 2)
model.fit(x, x[:, :1], epochs=1, verbose=0)
expected = model.predict(x)
path = os.path.join(folder, "model.h5")
model.save(path)
np.testing.assert_array_equal(load_model(path).predict(x), expected)
json_string = model.to_json()
weights = os.path.join(folder, "model_weights.h5")
model.save_weights(weights)
again = model_from_json(json_string)
again.load_weights(weights)
np.testing.assert_array_equal(again.predict(x), expected)
try:
    model.to_yaml()
except NotImplementedError as error:
    assert "to_json" in str(error)
else:
    raise AssertionError
