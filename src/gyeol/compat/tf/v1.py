"""What `tf.compat.v1` has besides `tf`: settings that programs make before they use Keras."""

from types import SimpleNamespace
from typing import Any

from gyeol.compat.usage import refused, usage


def set_random_seed(seed: int) -> None:
    """Seed gyeol, NumPy and Python."""
    from gyeol.utils import set_random_seed as seed_all

    usage.translated("tf.set_random_seed()", "tf.random.set_seed()")
    seed_all(seed)


def _nothing(*_: Any, **__: Any) -> None:
    """A setting that changes nothing here."""


enable_eager_execution = disable_v2_behavior = enable_v2_behavior = _nothing
reset_default_graph = get_default_graph = _nothing


def disable_eager_execution(*_: Any) -> None:
    """Nothing: Keras's part of a program does not need it."""
    usage.translated("disable_eager_execution()", "-")


class ConfigProto(SimpleNamespace):
    """Settings of a session, which there is none of."""

    def __init__(self, **settings: Any):
        super().__init__(gpu_options=SimpleNamespace(), graph_options=SimpleNamespace(), **settings)


class GPUOptions(SimpleNamespace):
    """Settings of a GPU, which change nothing here."""


class Session:
    """A session that holds settings only; what would run a graph raises.

    Args:
        config: settings, which change nothing here.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None):
        usage.translated("tf.Session(config=)", "-")

    run = refused("tf.Session.run", "Programs for TensorFlow 1's graphs are not run.")

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...


InteractiveSession = Session
