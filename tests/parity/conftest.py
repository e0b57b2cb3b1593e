"""What the parity tests share."""

import keras
import numpy as np
import pytest


@pytest.fixture(scope="module", autouse=True)
def quick_compilation():
    """Keras's random generators are compiled for each shape anew; NumPy's are not."""

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return np.random.default_rng(0).uniform(minval, maxval, shape).astype(dtype or "float32")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.src.backend.random, "uniform", uniform)
        yield
