"""Objects to JSON and back, in Keras 3's form: ``{"module", "class_name", "config", ...}``.

One table says which classes and functions exist and under which name Keras knows them. A file is
built from this table and from what the caller passes as `custom_objects`, and from nothing else: no
name found in a file is ever imported.
"""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

_T = TypeVar("_T")

# (Keras's public module, class or function name) -> the object; and back.
_OBJECTS: dict[tuple[str, str], Any] = {}
_NAMES: dict[Any, tuple[str, str]] = {}
# What `register_keras_serializable` was given, by "package>name"; and back.
_CUSTOM: dict[str, Any] = {}
_CUSTOM_NAMES: dict[Any, str] = {}

_name_counts = threading.local()


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


def serialize(obj: Any) -> Any:
    """The JSON form of an object.

    Args:
        obj: None, a number, a string, a list, tuple or dict of such, an array, a function or class
            of the table, or an object with `get_config`.

    Returns:
        What `json.dumps` takes and `deserialize` reads.

    Raises:
        TypeError: an object without `get_config`, or a lambda.
    """
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize(item) for item in obj]
    if isinstance(obj, Mapping):
        return {key: serialize(value) for key, value in obj.items()}
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.dtype):
        return obj.name
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
    module, class_name = _NAMES.get(type(obj), (type(obj).__module__, type(obj).__name__))
    registered_name = None
    if type(obj) not in _NAMES:
        registered_name = _CUSTOM_NAMES.get(type(obj), class_name)
    config = {
        "module": module,
        "class_name": class_name,
        "config": serialize(obj.get_config()),
        "registered_name": registered_name,
    }
    for part in ("build_config", "compile_config"):
        if hasattr(obj, f"get_{part}"):
            value = getattr(obj, f"get_{part}")()
            if value is not None:
                config[part] = serialize(value)
    return config


def _serialize_named(obj: Any) -> dict[str, Any]:
    if not hasattr(obj, "__name__"):
        raise TypeError(
            f"{obj!r} cannot be written to a file: its class {type(obj).__name__} has no "
            f"get_config()."
        )
    if obj.__name__ == "<lambda>":
        raise TypeError(
            "A lambda cannot be written to a file. Write it as a named function and register "
            "it with "
            "gyeol.saving.register_keras_serializable()."
        )
    module, name = _NAMES.get(obj, (getattr(obj, "__module__", "builtins"), obj.__name__))
    return {
        "module": "builtins",
        "class_name": "function" if not isinstance(obj, type) else "type",
        "config": name,
        "registered_name": _CUSTOM_NAMES.get(obj, "function"),
        **({"module": module} if isinstance(obj, type) else {}),
    }


def find(
    name: str,
    modules: tuple[str, ...] = (),
    registered_name: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """The class or function of that name, or None: the caller's own first, then the table."""
    for known in (custom_objects or {}, _active_custom_objects(), _CUSTOM):
        for key in (registered_name, name):
            if key is not None and key in known:
                return known[key]
    for key, obj in _CUSTOM.items():
        if key.split(">")[-1] == name:
            return obj
    for module in modules:
        if (module, name) in _OBJECTS:
            return _OBJECTS[module, name]
    return None


_scopes = threading.local()


def _active_custom_objects() -> Mapping[str, Any]:
    return getattr(_scopes, "objects", {})


class custom_object_scope:
    """Make objects known by name within a `with` block, as `keras.saving.custom_object_scope`.

    Args:
        custom_objects: the objects by name.
    """

    def __init__(self, custom_objects: Mapping[str, Any]):
        self.custom_objects = dict(custom_objects)

    def __enter__(self) -> "custom_object_scope":
        self._before = _active_custom_objects()
        _scopes.objects = {**self._before, **self.custom_objects}
        return self

    def __exit__(self, *_: object) -> None:
        _scopes.objects = self._before


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """The object that `serialize` (or Keras) wrote.

    Args:
        config: the JSON form.
        custom_objects: classes and functions of one's own, by name.
        safe_mode: whether to refuse stored code.

    Returns:
        The object; plain values, lists and plain dicts come back as they are.

    Raises:
        ValueError: a class that is in no table, or stored code.
    """
    if isinstance(config, list):
        return [deserialize(item, custom_objects, safe_mode) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {k: deserialize(v, custom_objects, safe_mode) for k, v in config.items()}
    class_name, inner = config["class_name"], config["config"]
    if class_name == "__numpy__" or class_name == "__tensor__":
        return np.asarray(inner["value"], inner["dtype"])
    if class_name == "__lambda__":
        raise ValueError(
            "The file holds a lambda, which is code. gyeol does not run code from a file; "
            "write the "
            "function yourself and pass it in custom_objects."
        )
    if class_name in ("function", "type"):
        found = find(inner, _FUNCTION_MODULES, config.get("registered_name"), custom_objects)
        if found is None:
            raise ValueError(_unknown(inner, "function"))
        return found
    module = config.get("module") or ""
    cls = find(class_name, (module,), config.get("registered_name"), custom_objects)
    if cls is None:
        raise ValueError(_unknown(class_name, "class", module))
    if not isinstance(cls, type):
        return cls
    if not hasattr(cls, "from_config"):
        raise ValueError(f"{class_name} has no from_config(), so it cannot be read from a file.")
    scope = custom_object_scope(custom_objects or {})
    with scope:
        obj = cls.from_config(inner)
    build_config = config.get("build_config")
    if build_config and hasattr(obj, "build_from_config"):
        obj.build_from_config(build_config)
    compile_config = config.get("compile_config")
    if compile_config and hasattr(obj, "compile_from_config"):
        with scope:
            obj.compile_from_config(compile_config)
    return obj


_FUNCTION_MODULES = ("keras.activations", "keras.losses", "keras.metrics", "builtins")


def _unknown(name: str, kind: str, module: str = "") -> str:
    where = f" of module {module!r}" if module else ""
    return (
        f"The {kind} {name!r}{where} is not one of gyeol's. "
        f"If it is yours, pass custom_objects={{{name!r}: {name}}}."
    )
