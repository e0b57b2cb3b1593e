"""l1l2, W_constraint=maxnorm, TimeDistributedDense, initializations."""

import numpy as np
from keras.constraints import maxnorm
from keras.layers import Dense, TimeDistributedDense
from keras.models import Sequential
from keras.regularizers import l1l2, l2

model = Sequential()
model.add(TimeDistributedDense(3, input_shape=(4, 5), init="glorot_normal"))
model.add(Dense(output_dim=2, W_regularizer=l1l2(l1=0.01, l2=0.1), W_constraint=maxnorm(1)))
model.add(Dense(1, b_regularizer=l2(0.1), bias=True))
model.compile(loss="mean_absolute_error", optimizer="rmsprop")
x = np.random.rand(8, 4, 5)
model.fit(x, np.zeros((8, 4, 1)), nb_epoch=2, verbose=0)
assert model.output_shape == (None, 4, 1)
norms = np.linalg.norm(model.layers[1].get_weights()[0], axis=0)
assert (norms <= 1 + 1e-5).all()
