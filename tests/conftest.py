"""One setting for every test: JAX on the CPU, real Keras on its JAX backend, a home of its own."""

import atexit
import functools
import gc
import os
import shutil
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

atexit.register(shutil.rmtree, os.environ["GYEOL_HOME"], ignore_errors=True)
settings.register_profile("gyeol", derandomize=True, deadline=None, database=None)
settings.load_profile("gyeol")


def pytest_runtest_setup(item):
    """Begin each test with the same seed, for the same first weights, and with nothing said yet."""
    from gyeol import random

    random.set_seed(0)
    if attendance := sys.modules.get("gyeol.doctor.attendance"):
        attendance._said.clear()


# Compiling takes most of the time of the tests, and what is compiled runs once or twice. XLA's
# older emitters compile twice as fast. XLA ends the process on a flag that it does not know.
QUICK = "--xla_cpu_use_fusion_emitters=false"


def pytest_configure(config):
    """Let JAX begin with what compiles quickly; programs that tests start get the flag as well."""
    if not hasattr(config, "workerinput"):
        tried = [sys.executable, "-c", "import jax; jax.devices()"]
        before = os.environ.get("XLA_FLAGS", "")
        environment = {**os.environ, "XLA_FLAGS": f"{before} {QUICK}"}
        if subprocess.run(tried, env=environment, capture_output=True).returncode == 0:
            os.environ["XLA_FLAGS"] = environment["XLA_FLAGS"]
    import jax
    from jax._src.interpreters import mlir

    jax.config.update("jax_disable_most_optimizations", True)
    jax.devices()
    if hasattr(mlir, "make_ir_context"):
        # JAX loads all the dialects of MLIR anew for each program, which takes as long as a third
        # of compiling a small one.
        mlir.make_ir_context = functools.cache(mlir.make_ir_context)


def pytest_collection_finish(session):
    """Leave what was imported out of every search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item, nextitem):
    """Let go, between two modules, what JAX keeps if it fills the memory; else pass over it."""
    import jax

    if nextitem is not None and nextitem.path == item.path:
        return
    usage = Path("/proc/self/statm")
    if usage.exists() and int(usage.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") > 2**31:
        jax.clear_caches()
        gc.unfreeze()
        gc.collect()
    gc.freeze()
