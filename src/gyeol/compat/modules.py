"""Which of gyeol's modules stand behind the faces' modules, old paths included."""

import importlib
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from gyeol import serialization
from gyeol.compat.operations import tensor_function

# keras's module -> where its names are looked up, in order. A source "table:x" is the class table's
# module x; "gyeol.compat.keras2" and the like hold what only old programs use.
_KERAS = {
    "": ("gyeol.compat.names.root", "gyeol", "table:keras", "gyeol.symbolic", "gyeol.layers"),
    "activations": ("gyeol.activations", "table:keras.activations"),
    "backend": ("gyeol.compat.backend",),
    "callbacks": ("gyeol.callbacks", "table:keras.callbacks"),
    "config": ("gyeol.config", "gyeol.dtype_policies"),
    "constraints": ("gyeol.constraints", "table:keras.constraints"),
    "datasets": ("gyeol.datasets",),
    "distribution": ("gyeol.distribution",),
    "dtype_policies": ("gyeol.dtype_policies", "table:keras.dtype_policies"),
    "engine": ("gyeol.layers", "gyeol.models", "table:keras.layers", "table:keras.models"),
    "initializers": ("gyeol.initializers", "table:keras.initializers"),
    "layers": ("gyeol.compat.names.layers", "gyeol.layers", "table:keras.layers"),
    "losses": ("gyeol.compat.names.losses", "gyeol.losses", "table:keras.losses"),
    "metrics": ("gyeol.metrics", "table:keras.metrics", "table:keras.losses"),
    "mixed_precision": ("gyeol.compat.names.mixed_precision", "gyeol.dtype_policies"),
    "models": ("gyeol.compat.names.models", "gyeol.models", "gyeol.saving", "table:keras.models"),
    "ops": ("gyeol.ops",),
    "optimizers": ("gyeol.optimizers", "table:keras.optimizers"),
    "optimizers.schedules": ("gyeol.optimizers.schedules", "table:keras.optimizers.schedules"),
    "preprocessing": (),
    "preprocessing.image": ("gyeol.preprocessing.image", "gyeol.utils"),
    "preprocessing.sequence": ("gyeol.preprocessing.sequence", "gyeol.utils"),
    "preprocessing.text": ("gyeol.preprocessing.text",),
    "quantizers": (),
    "random": ("gyeol.compat.names.random", "gyeol.random", "table:keras.random"),
    "regularizers": ("gyeol.compat.names.regularizers", "gyeol.regularizers"),
    "saving": ("gyeol.compat.names.models", "gyeol.saving"),
    "tree": ("jax.tree",),
    "utils": ("gyeol.compat.names.utils", "gyeol.utils", "gyeol.saving", "gyeol.models"),
    "wrappers": (),
    "wrappers.scikit_learn": ("gyeol.compat.scikit_learn",),
}
_KERAS_ALIASES = {
    "initializations": "initializers",
    "layers.experimental": "layers",
    "layers.experimental.preprocessing": "layers",
    "legacy.layers": "layers",
    "objectives": "losses",
    "preprocessing.image_dataset": "utils",
    "saving.save": "saving",
}
# Below these everything is one module: `keras.layers.core`, `keras.src.layers.core.dense`, ...
_FLAT = (
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "dtype_policies",
    "engine",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "preprocessing.image",
    "preprocessing.sequence",
    "preprocessing.text",
    "random",
    "regularizers",
    "saving",
    "utils",
)
# Old sub-modules that programs reach as attributes, without an import of their own.
_OLD_PARTS = {
    "": ("engine", "objectives", "preprocessing", "wrappers"),
    "backend": ("tensorflow_backend", "common"),
    "layers": (
        *(
            "core",
            "convolutional",
            "normalization",
            "advanced_activations",
            "pooling",
            "embeddings",
        ),
        *("recurrent", "merge", "wrappers", "noise", "local", "experimental", "preprocessing"),
    ),
    "layers.experimental": ("preprocessing",),
    "optimizers": ("adam", "adamax", "adagrad", "adadelta", "legacy", "experimental", "nadam")
    + ("rmsprop", "sgd"),
    "utils": ("np_utils", "vis_utils", "generic_utils", "data_utils", "layer_utils", "io_utils"),
    "engine": ("topology", "training", "base_layer", "input_layer", "sequential"),
}
# tensorflow's module -> where its names are looked up.
_TENSORFLOW = {
    "": ("gyeol.compat.tf.root", "gyeol.compat.tf.math"),
    "autograph": ("gyeol.compat.tf.small.autograph",),
    "autograph.experimental": ("gyeol.compat.tf.small.autograph",),
    "compat": ("gyeol.compat.tf.small.compat",),
    "compat.v1": ("gyeol.compat.tf.v1", "gyeol.compat.tf.root", "gyeol.compat.tf.math"),
    "config": ("gyeol.compat.tf.small.config",),
    "config.experimental": ("gyeol.compat.tf.small.config",),
    "config.threading": ("gyeol.compat.tf.small.config",),
    "config.optimizer": ("gyeol.compat.tf.small.config",),
    "data": ("gyeol.compat.tf.data",),
    "data.experimental": ("gyeol.compat.tf.data",),
    "debugging": ("gyeol.compat.tf.small.debugging",),
    "distribute": ("gyeol.compat.tf.small.distribute",),
    "dtypes": ("gyeol.compat.tf.root",),
    "errors": ("gyeol.compat.tf.small.errors",),
    "experimental": (),
    "experimental.numpy": ("jax.numpy",),
    "image": ("gyeol.compat.tf.image",),
    "initializers": ("gyeol.initializers", "table:keras.initializers"),
    "io": ("gyeol.compat.tf.io",),
    "io.gfile": ("gyeol.compat.tf.io.gfile",),
    "linalg": ("gyeol.compat.tf.math", "gyeol.compat.tf.small.linalg"),
    "logging": ("gyeol.compat.tf.small.logging",),
    "losses": ("gyeol.losses", "table:keras.losses"),
    "math": ("gyeol.compat.tf.math",),
    "metrics": ("gyeol.metrics", "table:keras.metrics"),
    "nn": ("gyeol.compat.tf.nn",),
    "optimizers": ("gyeol.optimizers", "table:keras.optimizers"),
    "python": (),
    "python.client": (),
    "python.client.device_lib": ("gyeol.compat.tf.small.device_lib",),
    "python.framework": (),
    "python.framework.ops": ("gyeol.compat.tf.v1", "gyeol.compat.tf.root"),
    "python.ops": ("gyeol.compat.tf.root", "gyeol.compat.tf.math"),
    "random": ("gyeol.compat.tf.random",),
    "summary": ("gyeol.compat.tf.summary",),
    "sysconfig": ("gyeol.compat.tf.small.sysconfig",),
    "test": ("gyeol.compat.tf.small.test",),
    "train": ("gyeol.compat.tf.small.train",),
    "types": (),
    "version": ("gyeol.compat.tf.small.version",),
}
_TENSORFLOW_ALIASES = {"compat.v2": "", "gfile": "io.gfile"}

_ABSENT = object()


class Face:
    """The names of one module.

    Args:
        path: its canonical path, such as 'keras.layers'.
        sources: where names are looked up, in order.
        parts: the sub-modules.
    """

    def __init__(self, path: str, sources: tuple[str, ...], parts: tuple[str, ...], last: str):
        self.__doc__ = f"gyeol's face for {path}."
        self.path = path
        self.sources = sources
        self.parts = parts
        self.last = last

    def get(self, name: str) -> Any:
        """The object of that name.

        Raises:
            AttributeError: there is none.
        """
        if not name.startswith("_") or name == "__version__":
            for source in self.sources:
                found = _look_up(source, name)
                if found is not _ABSENT:
                    return _noted(found) if self.path in _NOTED else found
            # Old programs write keras.optimizers.adam, keras.initializers.glorot_uniform, maxnorm.
            for source in self.sources:
                if source.startswith("table:"):
                    plain = name.replace("_", "").lower()
                    for known, found in _table(source).items():
                        if known.lower() == plain:
                            return found
        raise AttributeError(name)

    def has_module(self, name: str) -> bool:
        return name in self.parts

    def names(self) -> list[str]:
        """Everything that is known to be there."""
        found = set(self.parts)
        for source in self.sources:
            if source.startswith("table:"):
                found.update(_table(source))
            elif (holder := _source(source)) is not None:
                listed = getattr(holder, "__all__", None) or _own_names(holder)
                found.update(name for name in listed if not name.startswith("_"))
        return sorted(found)

    def called(self, *args: Any, **kwargs: Any) -> Any:
        try:
            function = self.get(self.last)
        except AttributeError:
            raise TypeError(f"The module {self.path} cannot be called.") from None
        return function(*args, **kwargs)


def _own_names(holder: Any) -> list[str]:
    """What a module or a class defines itself."""
    own = holder.__name__ if isinstance(holder, ModuleType) else None
    return [
        name
        for name, value in vars(holder).items()
        if own is None
        or (not isinstance(value, ModuleType) and getattr(value, "__module__", own) in (own, None))
    ]


# Modules whose functions an open `GradientTape` has to know of.
_NOTED = ("keras.losses", "keras.metrics", "tensorflow.losses", "tensorflow.metrics")


@cache
def _noted(found: Any) -> Any:
    if not isinstance(found, FunctionType) or not serialization.is_exported(found):
        return found
    function = tensor_function(found)
    function.stands_for = found  # in `compile`
    return function


def _table(source: str) -> dict[str, Any]:
    return serialization.exported_objects(source.removeprefix("table:"))


@cache
def _source(name: str) -> Any:
    """The module, or the class in a module, of a dotted name; None if gyeol lacks it."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
    module, _, attribute = name.rpartition(".")
    if not module:
        return None
    return getattr(_source(module), attribute, None)


def _look_up(source: str, name: str) -> Any:
    if source.startswith("table:"):
        return _table(source).get(name, _ABSENT)
    holder = _source(source)
    found = _ABSENT if holder is None else getattr(holder, name, _ABSENT)
    return _ABSENT if isinstance(found, ModuleType) else found


def face_of(fullname: str) -> Face | None:
    """The face for a module's full name; None if there is none."""
    root, _, path = fullname.partition(".")
    if root == "tensorflow":
        keras = _within_tensorflow(path)
        if keras is None:
            return _tensorflow_face(path)
        path = keras
    return _keras_face(path)


def nearest_names(fullname: str) -> tuple[str, list[str]]:
    """The module that a name would be in, and the names that are there."""
    parent, _, name = fullname.rpartition(".")
    face = face_of(parent) if parent else None
    return name, face.names() if face is not None else []


def _within_tensorflow(path: str) -> str | None:
    """The path within keras, for one that leads to keras through tensorflow."""
    for prefix in ("python.keras", "compat.v1.keras", "compat.v2.keras", "_api.v2.keras", "keras"):
        if path == prefix or path.startswith(prefix + "."):
            return path[len(prefix) + 1 :]
    return None


def _tensorflow_face(path: str) -> Face | None:
    path = _TENSORFLOW_ALIASES.get(path, path)
    known = path
    if path not in _TENSORFLOW and path.startswith(("compat.v1.", "compat.v2.")):
        known = path[len("compat.v1.") :]
    if known not in _TENSORFLOW:
        return None
    below = known + "." if known else ""
    parts = {
        name[len(below) :].partition(".")[0]
        for name in (*_TENSORFLOW, "keras", "python.keras", "compat.v1.keras", "compat.v2")
        if name.startswith(below) and name != known
    }
    if path == "compat.v1":
        parts |= {name for name in _TENSORFLOW if "." not in name} - {""}
    return Face(f"tensorflow.{path}".rstrip("."), _TENSORFLOW[known], tuple(parts), "")


def _keras_face(path: str) -> Face | None:
    parts = path.split(".") if path else []
    # Below `keras.src` every module has its own place, which nobody needs to know here.
    is_inner = parts[:1] == ["src"] and parts[-1].islower()
    while parts and parts[0] in ("src", "api", "_tf_keras", "keras", "v2", "_v2"):
        parts = parts[1:]
    path, last = ".".join(parts), parts[-1] if parts else ""
    known = _KERAS_ALIASES.get(path, path)
    while known not in _KERAS and known.startswith(tuple(f"{flat}." for flat in _FLAT)):
        parent, _, part = known.rpartition(".")
        if not (is_inner or part in _OLD_PARTS.get(parent, ())):
            return None
        known = _KERAS_ALIASES.get(parent, parent)
    if known.startswith("datasets.") and _source("gyeol." + known) is not None:
        return Face(f"keras.{known}", ("gyeol." + known,), (), last)
    if known not in _KERAS:
        return None
    below = known + "." if known else ""
    inner = {
        name[len(below) :].partition(".")[0]
        for name in _KERAS
        if name.startswith(below) and name != known
    }
    inner |= set(_OLD_PARTS.get(path, ())) | set(_OLD_PARTS.get(known, ()))
    if known == "datasets":
        from gyeol import datasets

        inner |= set(datasets.names())
    return Face(f"keras.{known}".rstrip("."), _KERAS[known], tuple(inner), last)
