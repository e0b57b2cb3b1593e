"""Objects to JSON and back, in Keras 3's form: ``{"module", "class_name", "config", ...}``.

One table says which classes and functions exist and under which name Keras knows them. A file is
built from this table and from what the caller passes as `custom_objects`, and from nothing else: no
name found in a file is ever imported. Code in a file (a Python lambda) is run only within a call
that says ``safe_mode=False``.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from gyeol import stored_code
from gyeol.text import tr

_T = TypeVar("_T")

# (Keras's public module, class or function name) -> the object; and back.
_OBJECTS: dict[tuple[str, str], Any] = {}
_NAMES: dict[Any, tuple[str, str]] = {}
# What `register_keras_serializable` was given, by "package>name"; and back.
_CUSTOM: dict[str, Any] = {}
_CUSTOM_NAMES: dict[Any, str] = {}

_name_counts = threading.local()
# The objects that occur several times in what is being written, or read.
_sharing = threading.local()


def exported(module: str, name: str | None = None) -> Callable[[_T], _T]:
    """Enter a class or a function into the table under Keras's public name for it.

    Args:
        module: Keras's public module, such as 'keras.layers'.
        name: the name there, the object's own by default.
    """

    def enter(obj: _T) -> _T:
        key = (module, name or obj.__name__)
        _OBJECTS[key] = obj
        _NAMES.setdefault(obj, key)
        return obj

    return enter


def exported_objects(module: str) -> dict[str, Any]:
    """Everything in the table under one public module, by name."""
    return {name: obj for (where, name), obj in _OBJECTS.items() if where == module}


def is_exported(obj: Any) -> bool:
    """Whether the class or function is gyeol's own (and not a user's)."""
    return obj in _NAMES


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[_T], _T]:
    """Make a class or function of one's own known to `save` and `load_model`.

    Args:
        package: a name space of one's own.
        name: the object's name by default.

    Returns:
        A decorator that registers and returns what it is given.
    """

    def enter(obj: _T) -> _T:
        key = f"{package}>{name or obj.__name__}"
        _CUSTOM[key] = obj
        _CUSTOM_NAMES[obj] = key
        return obj

    return enter


def to_snake_case(name: str) -> str:
    """Keras's instance name for a class name.

    >>> to_snake_case("MaxPooling2D"), to_snake_case("ReLU"), to_snake_case("Conv2D")
    ('max_pooling2d', 're_lu', 'conv2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(class_name: str) -> str:
    """The next free instance name for a class: 'dense', 'dense_1', ..."""
    prefix = to_snake_case(class_name)
    counts = _name_counts.__dict__
    number = counts.get(prefix, 0)
    counts[prefix] = number + 1
    return f"{prefix}_{number}" if number else prefix


def reset_names() -> None:
    """Let automatic names begin at the start again (part of `clear_session`)."""
    _name_counts.__dict__.clear()


@contextmanager
def foreign_noted() -> Iterator[list[Any]]:
    """Note, in the list that it gives, what `serialize` meets that is not gyeol's own."""
    before = getattr(_sharing, "foreign", None)
    _sharing.foreign = []
    try:
        yield _sharing.foreign
    finally:
        _sharing.foreign = before


def _note_if_foreign(obj: Any) -> None:
    foreign = getattr(_sharing, "foreign", None)
    if foreign is not None and obj not in _NAMES:
        foreign.append(obj)


def settings_of(obj: Any) -> str | None:
    """What an object was made with, but for its name, as text; None where that is code of a user's.

    Args:
        obj: an object with `get_config`.
    """
    try:
        with foreign_noted() as foreign:
            settings = {k: serialize(v) for k, v in obj.get_config().items() if k != "name"}
        return None if foreign else json.dumps(settings, sort_keys=True)
    except (TypeError, ValueError, NotImplementedError):
        return None


def serialize(obj: Any) -> Any:
    """The JSON form of an object.

    Args:
        obj: None, a number, a string, a list, tuple or dict of such, an array, a function or class
            of the table, an object with `get_config`, or a lambda, which is written as its code.

    Returns:
        What `json.dumps` takes and `deserialize` reads.

    Raises:
        TypeError: an object without `get_config`.
    """
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize(item) for item in obj]
    if isinstance(obj, Mapping):
        return {key: serialize(value) for key, value in obj.items()}
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.dtype) or (isinstance(obj, type) and issubclass(obj, np.generic)):
        return np.dtype(obj).name
    if isinstance(obj, slice):
        parts = {"start": obj.start, "stop": obj.stop, "step": obj.step}
        return {"class_name": "__slice__", "config": serialize(parts)}
    if obj is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    if (
        isinstance(obj, np.ndarray)
        or hasattr(obj, "__jax_array__")
        or hasattr(obj, "addressable_shards")
    ):
        value = np.asarray(obj)
        if value.ndim == 0:
            return value.item()
        return {
            "class_name": "__numpy__",
            "config": {"value": value.tolist(), "dtype": value.dtype.name},
        }
    if isinstance(obj, type) or not hasattr(obj, "get_config"):
        return _serialize_named(obj)
    _note_if_foreign(type(obj))
    module, class_name = _NAMES.get(type(obj), (type(obj).__module__, type(obj).__name__))
    registered_name = _CUSTOM_NAMES.get(type(obj), class_name)
    if module.startswith("keras") and not module.startswith("keras.src"):
        registered_name = None
    config = {
        "module": None if module == "__main__" else module,
        "class_name": class_name,
        "config": serialize(obj.get_config()),
        "registered_name": registered_name,
    }
    for part in ("build_config", "compile_config"):
        if hasattr(obj, f"get_{part}"):
            value = getattr(obj, f"get_{part}")()
            if value is not None:
                config[part] = serialize(value)
    shared = getattr(_sharing, "written", None)
    if shared is not None:
        number = shared.number(obj)
        if number is not None:
            config["shared_object_id"] = number
    return config


def serialize_shared(obj: Any) -> Any:
    """`serialize`, with objects that occur several times marked as one.

    `deserialize` within `sharing()` gives one object for them again: layers that two models within
    a model have in common, for example.
    """
    before = getattr(_sharing, "written", None)
    _sharing.written = _Written()
    try:
        serialize(obj)
        _sharing.written.settle()
        return serialize(obj)
    finally:
        _sharing.written = before


class _Written:
    """Counts the objects met, and then numbers those that were met more than once."""

    def __init__(self) -> None:
        # The object is kept, so that its id is not given to another.
        self._met: dict[int, tuple[Any, int]] = {}
        self._numbers: dict[int, int] = {}

    def number(self, obj: Any) -> int | None:
        self._met[id(obj)] = obj, self._met.get(id(obj), (obj, 0))[1] + 1
        return self._numbers.get(id(obj))

    def settle(self) -> None:
        several = [key for key, (_, times) in self._met.items() if times > 1]
        self._numbers = {key: number for number, key in enumerate(several, 1)}


@contextmanager
def sharing() -> Iterator[None]:
    """Within the block, what a config marks as one object is made once."""
    before = getattr(_sharing, "read", None)
    _sharing.read = {}
    try:
        yield
    finally:
        _sharing.read = before


def is_lambda(obj: Any) -> bool:
    """Whether an object is a function without a name, of which a file holds the code."""
    return isinstance(obj, FunctionType) and obj.__name__ == "<lambda>"


def code_of(function: FunctionType) -> list[Any]:
    """The code of a lambda, its defaults and the values of its closure, as JSON holds them."""
    _note_if_foreign(function)
    code, defaults, closure = stored_code.dumped(function)
    return [code, serialize(defaults), serialize(closure)]


def _serialize_named(obj: Any) -> dict[str, Any]:
    if not hasattr(obj, "__name__"):
        raise TypeError(
            f"{obj!r} cannot be written to a file: its class {type(obj).__name__} has no "
            f"get_config()."
        )
    if is_lambda(obj):
        return {"class_name": "__lambda__", "config": {"value": code_of(obj)}}
    if isinstance(obj, type):
        if not hasattr(obj, "get_config"):
            raise TypeError(f"The class {obj.__name__} cannot be written to a file.")
        # Where Keras takes an object made without arguments, it takes the class too.
        return serialize(obj())
    _note_if_foreign(obj)
    return {
        "module": "builtins",
        "class_name": "function",
        "config": _CUSTOM_NAMES.get(obj) or _NAMES.get(obj, ("", obj.__name__))[1],
        "registered_name": "function",
    }


def find(
    name: str,
    modules: tuple[str, ...] = (),
    registered_name: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """The class or function of that name, or None: the caller's own first, then the table."""
    own = {**_CUSTOM, **_active_custom_objects(), **(custom_objects or {})}
    for key in (registered_name, name, name.split(">")[-1]):
        if key in own:
            return own[key]
    for module in modules:
        if (module, name) in _OBJECTS:
            return _OBJECTS[module, name]
    # Files of old versions name what was registered without its package.
    return next((obj for key, obj in _CUSTOM.items() if modules and key.endswith(f">{name}")), None)


_scopes = threading.local()


def _active_custom_objects() -> Mapping[str, Any]:
    return getattr(_scopes, "objects", {})


def get_custom_objects() -> dict[str, Any]:
    """The registered objects by name: the dict itself, to add to."""
    return _CUSTOM


def get_registered_name(obj: Any) -> str:
    """The name that a class or function has in files: 'package>name' if it was registered.

    Args:
        obj: the class or function.
    """
    return _CUSTOM_NAMES.get(obj, obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """The class or function of that name; None if there is none.

    Args:
        name: as `get_registered_name` gave it, or as it is in one of these:
        custom_objects: objects by name, looked at after those in scope and those registered.
        module_objects: objects by name, looked at last.
    """
    known = {
        **(module_objects or {}),
        **(custom_objects or {}),
        **_CUSTOM,
        **_active_custom_objects(),
    }
    return known.get(name)


class custom_object_scope:
    """Make objects known by name within a `with` block, as `keras.saving.custom_object_scope`.

    Args:
        custom_objects: the objects by name.
    """

    def __init__(self, custom_objects: Mapping[str, Any]):
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> "custom_object_scope":
        self._before = _active_custom_objects()
        _scopes.objects = {**self._before, **self.custom_objects}
        return self

    def __exit__(self, *_: object) -> None:
        _scopes.objects = self._before


# What a file may name: the parts that models are made of, and nothing that acts by itself.
_FUNCTION_MODULES = ("keras.activations", "keras.losses", "keras.metrics")
_CLASS_MODULES = frozenset(
    (
        "keras",
        "keras.constraints",
        "keras.dtype_policies",
        "keras.initializers",
        "keras.layers",
        "keras.losses",
        "keras.metrics",
        "keras.mixed_precision",
        "keras.models",
        "keras.optimizers",
        "keras.optimizers.schedules",
        "keras.random",
        "keras.regularizers",
        "keras.src.models.functional",
        "keras.src.ops.core",
        "keras.src.ops.image",
        "keras.src.ops.linalg",
        "keras.src.ops.math",
        "keras.src.ops.nn",
        "keras.src.ops.numpy",
    )
)
_ARRAY_DTYPES = frozenset(
    ("bool", "bfloat16", "float16", "float32", "float64")
    + tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """The object that `serialize` (or Keras) wrote.

    Args:
        config: the JSON form.
        custom_objects: classes and functions of one's own, by name.
        safe_mode: False to run the code that the config holds, if there is some. While a file is
            loaded, what the loading call said holds.

    Returns:
        The object; plain values, lists and plain dicts come back as they are.

    Raises:
        ValueError: a class that is in no table, or stored code with `safe_mode` True.
    """
    with deserializing(custom_objects, safe_mode):
        return _deserialize(config)


@contextmanager
def deserializing(
    custom_objects: Mapping[str, Any] | None, safe_mode: bool, is_outermost: bool = False
) -> Iterator[None]:
    """Say, for a block, what a config may name and whether code in it may run.

    Args:
        custom_objects: classes and functions of one's own, by name.
        safe_mode: whether code is refused. Within another such block, what that says holds.
        is_outermost: whether this block is of a call that loads a file, which is asked anew.
    """
    before = getattr(_scopes, "runs_code", None)
    _scopes.runs_code = not safe_mode if before is None or is_outermost else before
    try:
        with custom_object_scope(custom_objects or {}):
            yield
    finally:
        _scopes.runs_code = before


def runs_code() -> bool:
    """Whether a call in progress said that code in its config may run."""
    return getattr(_scopes, "runs_code", None) is True


def function_of_code(inner: Any) -> FunctionType:
    """The function of a config that holds its code, within a call with ``safe_mode=False``.

    Args:
        inner: the code, its defaults and the values of its closure; by name, or as a list.

    Raises:
        ValueError: any other call.
    """
    if not runs_code():
        raise ValueError(
            tr(
                "The config holds a Python lambda, which is code. If you trust who made it, "
                "safe_mode=False runs it."
            )
        )
    if isinstance(inner, Mapping):
        inner = inner.get("value") or [inner.get(k) for k in ("code", "defaults", "closure")]
    if isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]  # the one form in which Keras finds defaults again
    if not isinstance(inner, (list, tuple)) or len(inner) != 3:
        raise ValueError(tr("The stored code lacks values that it uses."))
    code, defaults, closure = inner
    names = _active_custom_objects()
    return stored_code.loaded(code, _deserialize(defaults), _deserialize(closure), names)


def _deserialize(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_deserialize(item) for item in config]
    if not isinstance(config, Mapping):
        return config
    if "class_name" not in config or "config" not in config:
        return {name: _deserialize(value) for name, value in config.items()}
    class_name, inner = config["class_name"], config["config"]
    if class_name == "__slice__":
        return slice(inner["start"], inner["stop"], inner["step"])
    if class_name == "__lambda__":
        return function_of_code(inner)
    if class_name in ("__numpy__", "__tensor__"):
        if not isinstance(inner, Mapping) or inner.get("dtype") not in _ARRAY_DTYPES:
            raise ValueError("An array in the config is not one of numbers.")
        return np.asarray(inner["value"], inner["dtype"])
    if class_name == "__ellipsis__":
        return ...
    if class_name == "function":
        if not isinstance(inner, str):
            raise ValueError("A function in the config has no name.")
        found = find(inner, _FUNCTION_MODULES)
        if found is None:
            raise ValueError(_unknown(inner, "function"))
        return found
    read = getattr(_sharing, "read", None)
    number = config.get("shared_object_id")
    if read is not None and isinstance(number, int) and number in read:
        return read[number]
    obj = _made(_class_of(config), inner or {}, config)
    if read is not None and isinstance(number, int):
        read[number] = obj
    return obj


def _class_of(config: Mapping[str, Any]) -> Any:
    """The class that a config names, from the caller's own and the table."""
    name, module = config["class_name"], config.get("module")
    registered_name = config.get("registered_name", name)
    if not all(isinstance(n, str) for n in (name, module or "", registered_name or "")):
        raise ValueError("A class in the config has no name.")
    found = find(name, registered_name=registered_name) if registered_name else None
    if found is None and module in _CLASS_MODULES:
        found = _OBJECTS.get((module, name))
        # Functions have a form of their own; one in a class's place is none of Keras's doing.
        found = found if isinstance(found, type) else None
    if found is None:
        # No module "" is in the table: this looks among the caller's own only.
        found = find(name, ("",))
    if found is None:
        raise ValueError(_unknown(name, "class", module or ""))
    return found


def _made(cls: Any, inner: Any, config: Mapping[str, Any]) -> Any:
    if not isinstance(cls, type):
        return cls
    if not isinstance(inner, Mapping):
        raise ValueError(f"The config of {cls.__name__} is not a dict.")
    if not hasattr(cls, "from_config"):
        raise ValueError(f"{cls.__name__} has no from_config(), so it cannot be read from a file.")
    obj = cls.from_config(dict(inner))
    build_config = config.get("build_config")
    if build_config and hasattr(obj, "build_from_config"):
        obj.build_from_config(build_config)
    compile_config = config.get("compile_config")
    if compile_config and hasattr(obj, "compile_from_config"):
        obj.compile_from_config(compile_config)
    return obj


def _unknown(name: str, kind: str, module: str = "") -> str:
    where = f" of module {module!r}" if module else ""
    return (
        f"The {kind} {name!r}{where} is not one of gyeol's. "
        f"If it is yours, pass custom_objects={{{name!r}: {name}}}."
    )
