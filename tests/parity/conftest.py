"""What the parity tests share."""

import keras
import numpy as np
import pytest
from keras.src.backend.common.stateless_scope import StatelessScope


@pytest.fixture(scope="module", autouse=True)
def quick_compilation():
    """Keras's random generators are compiled for each shape anew; NumPy's are not."""

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return np.random.default_rng(0).uniform(minval, maxval, shape).astype(dtype or "float32")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.src.backend.random, "uniform", uniform)
        yield


@pytest.fixture(scope="module", autouse=True)
def losses_of_their_own():
    """Keep what `add_loss` is given to Keras alive, so that each has an id of its own.

    Keras's layers note the ids of their losses. Where a program is traced again, as for validation,
    a new loss may lie where an old one lay, and the layer of the old one takes it away.
    """
    kept = []

    def add_loss(self, loss):
        kept.append(loss)
        self.losses.append(loss)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StatelessScope, "add_loss", add_loss)
        yield
