"""One setting for every test: JAX on the CPU, real Keras on its JAX backend, a home of its own."""

import os
import subprocess
import sys
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


# Compiling takes most of the time of the tests, and what is compiled runs once or twice. XLA's
# older emitters compile twice as fast. XLA ends the process on a flag that it does not know.
QUICK = "--xla_cpu_use_fusion_emitters=false"


def pytest_configure(config):
    """Let JAX begin, in this process alone, with the settings that compile quickly."""
    if not hasattr(config, "workerinput"):
        tried = [sys.executable, "-c", "import jax; jax.devices()"]
        environment = {**os.environ, "XLA_FLAGS": QUICK}
        known = subprocess.run(tried, env=environment, capture_output=True).returncode == 0
        os.environ["GYEOL_TEST_XLA_FLAGS"] = QUICK if known else ""
    before = os.environ.get("XLA_FLAGS")
    os.environ["XLA_FLAGS"] = f"{before or ''} {os.environ['GYEOL_TEST_XLA_FLAGS']}"
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    jax.devices()
    if before is None:
        del os.environ["XLA_FLAGS"]
    else:
        os.environ["XLA_FLAGS"] = before


def pytest_runtest_teardown(item, nextitem):
    """Let compiled programs go, between two modules, before they fill the memory."""
    import jax

    usage = Path("/proc/self/statm")
    if (nextitem is not None and nextitem.path == item.path) or not usage.exists():
        return
    if int(usage.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") > 2**31:
        jax.clear_caches()
