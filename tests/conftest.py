"""One setting for every test: JAX on the CPU, real Keras on its JAX backend, a home of its own."""

import os
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["MPLBACKEND"] = "agg"
os.environ.setdefault("GYEOL_LANG", "en")
os.environ["GYEOL_HOME"] = tempfile.mkdtemp(prefix="gyeol-home-")

from hypothesis import settings

settings.register_profile("gyeol", derandomize=True, deadline=None, database=None)
settings.load_profile("gyeol")


def pytest_runtest_setup(item):
    """Begin each test with the same seed, so that its first weights are the same at each run."""
    from gyeol import random

    random.set_seed(0)
