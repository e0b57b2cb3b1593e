"""One setting for every test: JAX on the CPU, real Keras on its JAX backend, a home of its own."""

import os
import tempfile
from pathlib import Path

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


def pytest_sessionstart(session):
    """Compiling takes most of the time of the tests; what is compiled runs once or twice."""
    import jax

    jax.config.update("jax_disable_most_optimizations", True)


def pytest_runtest_teardown(item, nextitem):
    """Let compiled programs go, between two modules, before they fill the memory."""
    import jax

    usage = Path("/proc/self/statm")
    if (nextitem is not None and nextitem.module is item.module) or not usage.exists():
        return
    if int(usage.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") > 2**31:
        jax.clear_caches()
