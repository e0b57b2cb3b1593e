"""Small modules of `tensorflow`, each a class of names."""

import glob
import logging as python_logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import jax
import numpy as np

from gyeol.compat.usage import refused, usage


def _nothing(*_: Any, **__: Any) -> None:
    """A setting that changes nothing here."""


def _devices(device_type: str | None = None) -> list[Any]:
    kinds = {"cpu": "CPU", "gpu": "GPU", "tpu": "TPU"}
    found = [
        SimpleNamespace(
            name=f"/physical_device:{kinds.get(d.platform, d.platform.upper())}:{d.id}",
            device_type=kinds.get(d.platform, d.platform.upper()),
        )
        for d in jax.devices()
    ]
    return [d for d in found if device_type in (None, d.device_type)]


class config:
    """`tf.config`."""

    list_physical_devices = list_logical_devices = staticmethod(_devices)
    get_visible_devices = staticmethod(_devices)
    set_memory_growth = set_visible_devices = set_soft_device_placement = staticmethod(_nothing)
    set_logical_device_configuration = set_virtual_device_configuration = staticmethod(_nothing)
    set_inter_op_parallelism_threads = set_intra_op_parallelism_threads = staticmethod(_nothing)
    enable_op_determinism = set_jit = run_functions_eagerly = staticmethod(_nothing)
    experimental_run_functions_eagerly = enable_tensor_float_32_execution = staticmethod(_nothing)
    LogicalDeviceConfiguration = VirtualDeviceConfiguration = staticmethod(SimpleNamespace)

    @staticmethod
    def get_memory_info(device: str) -> dict[str, int]:
        """The memory in use, and the most that was."""
        found = jax.devices()[0].memory_stats() or {}
        return {
            "current": found.get("bytes_in_use", 0),
            "peak": found.get("peak_bytes_in_use", 0),
        }

    functions_run_eagerly = staticmethod(lambda: True)
    get_soft_device_placement = staticmethod(lambda: True)


class device_lib:
    """`tensorflow.python.client.device_lib`."""

    list_local_devices = staticmethod(_devices)


class test:
    """`tf.test`."""

    @staticmethod
    def is_gpu_available(*_: Any, **__: Any) -> bool:
        """Whether there is a GPU."""
        return bool(_devices("GPU"))

    @staticmethod
    def is_built_with_cuda() -> bool:
        """Whether there is a GPU."""
        return bool(_devices("GPU"))

    is_built_with_gpu_support = is_built_with_cuda

    @staticmethod
    def gpu_device_name() -> str:
        """'/device:GPU:0', or nothing."""
        return "/device:GPU:0" if _devices("GPU") else ""


class sysconfig:
    """`tf.sysconfig`."""

    @staticmethod
    def get_build_info() -> dict[str, Any]:
        """What gyeol is built with: nothing of TensorFlow's."""
        return {"is_cuda_build": False, "cuda_version": "", "cudnn_version": ""}


class version:
    """`tf.version`."""

    VERSION = "2.16.0+gyeol"
    GIT_VERSION = COMPILER_VERSION = "gyeol"


class compat:
    """`tf.compat`."""

    @staticmethod
    def as_str(text: Any) -> str:
        """Bytes or a string as a string."""
        return text.decode() if isinstance(text, bytes) else text

    as_text = as_str

    @staticmethod
    def as_bytes(text: Any) -> bytes:
        """Bytes or a string as bytes."""
        return text if isinstance(text, bytes) else text.encode()


class logging:
    """`tf.logging` and `tf.compat.v1.logging`."""

    DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50

    @staticmethod
    def get_logger() -> python_logging.Logger:
        """A logger of the name 'tensorflow'."""
        return python_logging.getLogger("tensorflow")

    @staticmethod
    def set_verbosity(level: int) -> None:
        """Set the logger's level."""
        python_logging.getLogger("tensorflow").setLevel(level)

    info = staticmethod(lambda *args: python_logging.getLogger("tensorflow").info(*args))
    warn = warning = staticmethod(
        lambda *args: python_logging.getLogger("tensorflow").warning(*args)
    )
    error = staticmethod(lambda *args: python_logging.getLogger("tensorflow").error(*args))


class errors:
    """`tf.errors`: Python's own errors, which gyeol raises."""

    OpError = Exception
    InvalidArgumentError = ValueError
    NotFoundError = FileNotFoundError
    OutOfRangeError = StopIteration
    ResourceExhaustedError = MemoryError
    UnimplementedError = NotImplementedError
    AlreadyExistsError = FileExistsError
    FailedPreconditionError = RuntimeError


def _asserted(name: str, holds: Callable[..., Any]) -> Callable:
    def check(x: Any, y: Any = None, message: str | None = None, **_: Any) -> None:
        given = [np.asarray(value) for value in (x, y) if value is not None]
        if not np.all(holds(*given)):
            values = " and ".join(map(str, given))
            raise ValueError(f"tf.debugging.{name}: {message or ''} {values}")

    check.__name__ = name
    return staticmethod(check)


class debugging:
    """`tf.debugging`."""

    set_log_device_placement = enable_check_numerics = disable_check_numerics = staticmethod(
        _nothing
    )
    assert_equal = _asserted("assert_equal", np.equal)
    assert_greater = _asserted("assert_greater", np.greater)
    assert_greater_equal = _asserted("assert_greater_equal", np.greater_equal)
    assert_less = _asserted("assert_less", np.less)
    assert_less_equal = _asserted("assert_less_equal", np.less_equal)
    assert_near = _asserted("assert_near", lambda x, y: np.isclose(x, y, 1e-5, 1e-5))
    assert_non_negative = _asserted("assert_non_negative", lambda x: x >= 0)
    assert_positive = _asserted("assert_positive", lambda x: x > 0)
    assert_all_finite = _asserted("assert_all_finite", np.isfinite)

    @staticmethod
    def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
        """The tensor, if every element is finite."""
        if not np.isfinite(np.asarray(tensor)).all():
            raise ValueError(f"{message}: the tensor has NaN or infinity.")
        return tensor


class _Strategy:
    """A distribution strategy: gyeol trains on what it finds."""

    num_replicas_in_sync = 1

    def __init__(self, *_: Any, **__: Any):
        usage.translated(f"tf.distribute.{type(self).__name__}", "accepted: one device")

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A block that changes nothing."""
        yield


class distribute:
    """`tf.distribute`."""

    MirroredStrategy = type("MirroredStrategy", (_Strategy,), {})
    OneDeviceStrategy = type("OneDeviceStrategy", (_Strategy,), {})
    MultiWorkerMirroredStrategy = type("MultiWorkerMirroredStrategy", (_Strategy,), {})
    get_strategy = staticmethod(_Strategy)
    TPUStrategy = refused("tf.distribute.TPUStrategy")


class autograph:
    """`tf.autograph`."""

    set_verbosity = staticmethod(_nothing)
    do_not_convert = staticmethod(lambda function=None, **_: function or (lambda f: f))


def _latest_checkpoint(checkpoint_dir: Any, latest_filename: Any = None) -> str | None:
    """The newest weights in a folder, by the name that they were saved under."""
    ending = ".weights.h5"
    found = glob.glob(os.path.join(glob.escape(os.fspath(checkpoint_dir)), f"*{ending}"))
    newest = max(found, key=lambda path: (os.path.getmtime(path), path), default=None)
    return newest and newest.removesuffix(ending)


def _optimizer(name: str) -> Callable:
    """TensorFlow 1's name of an optimizer."""

    def make(*args: Any, **kwargs: Any) -> Any:
        from gyeol import optimizers

        usage.translated(f"tf.train.{name}Optimizer", name)
        return getattr(optimizers, {"GradientDescent": "SGD"}.get(name, name))(*args, **kwargs)

    return staticmethod(make)


class train:
    """`tf.train`."""

    latest_checkpoint = staticmethod(_latest_checkpoint)
    AdagradOptimizer = _optimizer("Adagrad")
    AdamOptimizer = _optimizer("Adam")
    GradientDescentOptimizer = _optimizer("GradientDescent")
    RMSPropOptimizer = _optimizer("RMSprop")
    Checkpoint = refused("tf.train.Checkpoint", "Use model.save_weights and load_weights.")
    CheckpointManager = refused("tf.train.CheckpointManager", "Use the callback ModelCheckpoint.")


class linalg:
    """What `tf.linalg` has besides `tf.math`'s products."""

    det = staticmethod(jax.numpy.linalg.det)
    diag = staticmethod(jax.numpy.diag)
    inv = staticmethod(jax.numpy.linalg.inv)
    trace = staticmethod(jax.numpy.trace)
