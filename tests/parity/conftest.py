"""What the parity tests share."""

import jax
import keras
import numpy as np
import pytest


@pytest.fixture(scope="module")
def quick_compilation():
    """Compiling takes most of the time: that of Keras's random generators for each shape, too."""

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return np.random.default_rng(0).uniform(minval, maxval, shape).astype(dtype or "float32")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.src.backend.random, "uniform", uniform)
        jax.config.update("jax_disable_most_optimizations", True)
        yield
        jax.config.update("jax_disable_most_optimizations", False)
