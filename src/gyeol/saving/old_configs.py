"""The configs of Keras 2, and of the `.h5` files of Keras 3, in the form of today.

They name classes without their modules, and calls of layers as nested lists. Everything here is
JSON to JSON; what comes out is read by `gyeol.serialization` like any other config.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gyeol import serialization
from gyeol.text import tr

Config = dict[str, Any]

_LAYERS = ("keras.layers", "keras.models", "keras")
_OPS = tuple(f"keras.src.ops.{module}" for module in ("numpy", "nn", "math", "core", "linalg"))
# What the value of an argument is, by how the argument's name ends.
_PARTS = {
    "initializer": ("keras.initializers",),
    "regularizer": ("keras.regularizers",),
    "constraint": ("keras.constraints",),
}
_MODELS = ("Model", "Functional", "Sequential")
_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN")
_WITHOUT_GROUPS = ("DepthwiseConv", "SeparableConv", "Conv1DT", "Conv2DT", "Conv3DT")

# Arguments that are gone, by how the names of the classes that had them begin.
_GONE = (
    (_WITHOUT_GROUPS, ("groups",)),
    (_RECURRENT, ("implementation", "time_major")),
    (("BatchNormalization",), ("fused", "virtual_batch_size", "adjustment")),
    (("SeparableConv",), ("kernel_initializer", "kernel_regularizer", "kernel_constraint")),
    (("Embedding",), ("input_length",)),
    (
        ("MultiHeadAttention",),
        ("query_shape", "key_shape", "value_shape", "softmax_robust_masking"),
    ),
)
_RENAMED = {
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "LeakyReLU": {"alpha": "negative_slope"},
}
# The arithmetic on symbolic tensors of Keras 2, and what it is called now.
_OPERATORS = {
    "math.add": "Add",
    "__operators__.add": "Add",
    "math.subtract": "Subtract",
    "math.multiply": "Multiply",
    "math.truediv": "TrueDivide",
    "math.divide": "TrueDivide",
}


def is_old(config: Any) -> bool:
    """Whether the config of a model is in a form of the past."""
    if not isinstance(config, Mapping):
        return False
    return "module" not in config or str(config.get("keras_version", 3)) < "3"


def model_config(config: Config) -> Config:
    """The config of a model in the form of today."""
    if not isinstance(config, Mapping) or "class_name" not in config or "config" not in config:
        raise ValueError(tr("its config is not that of a model"))
    return _layer(config)


# Layers ----------------------------------------------------------------------------------------


def _layer(entry: Config) -> Config:
    name, config = entry["class_name"], entry["config"]
    if name == "Sequential":
        config = _sequential(config)
    elif name in _MODELS or "input_layers" in config:
        config = _functional(config)
        name = "Functional" if name == "Model" else name
    elif name in ("TFOpLambda", "SlicingOpLambda"):
        return _operator(entry)
    else:
        config = _arguments(name, config)
    # Keras 3 writes a function of tensors like a layer, but without what every layer has.
    is_operator = isinstance(config, Mapping) and "trainable" not in config and name not in _MODELS
    kept = {key: entry[key] for key in ("build_config", "compile_config") if key in entry}
    return {**_named(name, config, _OPS * is_operator + _LAYERS, entry), **kept}


def _named(
    name: str, config: Any, modules: Sequence[str], entry: Mapping[str, Any] | None = None
) -> Config:
    """The config of an object, with the module of its class if the table has it."""
    module = entry.get("module") if entry else None
    short = name.removeprefix("Custom>")
    if module is None or module.startswith(("keras", "tf_keras")):
        # Keras 2 names the modules where its classes were, if any.
        known = [(m, serialization.exported_objects(m)) for m in modules]
        module = next((m for m, objects in known if short in objects), module)
        # Of the few that are public under another name than their own, files have their own.
        for m, objects in known if module is None else ():
            public = next((n for n, obj in objects.items() if obj.__name__ == short), None)
            if public is not None:
                module, short = m, public
    return {
        "module": module,
        "class_name": short if module else name,
        "config": config,
        "registered_name": (entry or {}).get("registered_name", name),
    }


def _arguments(name: str, config: Config) -> Config:
    gone = {key for prefixes, keys in _GONE if name.startswith(prefixes) for key in keys}
    renamed = _RENAMED.get(name, {})
    config = {
        renamed.get(key, key): _argument(key, value)
        for key, value in config.items()
        if key not in gone
    }
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    if name == "GRU":
        # Files of before this argument are of the layer as it was then.
        config.setdefault("reset_after", False)
    return config


def _argument(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_argument(key, item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "items" in value and value.get("class_name") in ("__tuple__", "TensorShape"):
        return _argument(key, value["items"])
    if "class_name" not in value or "config" not in value:
        return {name: _argument(name, item) for name, item in value.items()}
    name, config = value["class_name"], value["config"]
    if key.startswith("dtype"):
        return config["name"]
    if str(name).startswith("__") or name == "function":
        return value
    part = next((modules for suffix, modules in _PARTS.items() if key.endswith(suffix)), None)
    if part is None:
        return _layer(value)
    if isinstance(config, Mapping):
        # The dtype of an initializer is now an argument of its call.
        config = {k: v for k, v in config.items() if k != "dtype"}
        if name == "VarianceScaling" and config.get("distribution") == "normal":
            config["distribution"] = "truncated_normal"
    return _named(name, config, part, value)


def _operator(entry: Config) -> Config:
    function = entry["config"].get("function")
    if function not in _OPERATORS:
        raise ValueError(
            tr(
                "it computes with TensorFlow's {function!r} between its layers, which gyeol does "
                "not translate",
                function=function,
            )
        )
    return _named(_OPERATORS[function], {"name": entry["config"]["name"]}, _OPS)


# Models ----------------------------------------------------------------------------------------


def _sequential(config: Any) -> Config:
    if isinstance(config, list):  # before Keras 2.2.3
        config = {"layers": config}
    return {**config, "layers": [_layer(entry) for entry in config["layers"]]}


def _functional(config: Config) -> Config:
    entries = config["layers"]
    # A model used as a layer counted its own graph as the first of its calls.
    first = {}
    used_of: dict[str, list[int]] = {}
    for name, node, *_ in _places(config):
        used_of.setdefault(name, []).append(node)
    for entry in entries:
        used = used_of.get(entry["name"], [])
        within = entry["class_name"] in _MODELS and entry["inbound_nodes"]
        first[entry["name"]] = int(bool(within) and max(used) >= len(entry["inbound_nodes"]))
    is_old = not any(
        isinstance(call, Mapping) and "args" in call
        for entry in entries
        for call in entry["inbound_nodes"]
    )

    def tensor(place: Sequence[Any]) -> Config:
        name, node, number = place[:3]
        if name == "_CONSTANT_VALUE":
            return number
        history = [name, node - first[name], number]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}

    def call_of(call: Any) -> Config:
        if isinstance(call, Mapping) and "args" in call:
            return call
        inputs, kwargs = _inputs_of(call, tensor)
        return {"args": [inputs], "kwargs": {**_tensors_in(kwargs, tensor, first)}}

    layers = [
        {
            **_layer(entry),
            "name": entry["name"],
            "inbound_nodes": [call_of(call) for call in entry["inbound_nodes"]],
        }
        for entry in entries
    ]
    if is_old:
        for entry in layers:
            if entry["module"] in _OPS:
                _positional(entry["inbound_nodes"])
    by_name = {entry["name"]: entry for entry in layers}

    def ends(value: Any) -> Any:
        if _is_place(value):
            # Today's form still counts so in this one place, for functional models.
            name, node, number = value[:3]
            shift = by_name[name]["class_name"] == "Functional"
            return [name, node - first[name] + shift, number]
        if isinstance(value, Mapping):
            return {key: ends(item) for key, item in value.items()}
        if is_old and len(value) == 1:
            return ends(value[0])
        return [ends(item) for item in value]

    if is_old:
        config = {
            **config,
            "input_layers": ends(config["input_layers"]),
            "output_layers": ends(config["output_layers"]),
        }
    return {**config, "layers": layers}


def _is_place(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str)


def _places(value: Any) -> Iterator[list]:
    """Every mention of an output of a layer."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if _is_place(value) and isinstance(value[1], int):
            yield value
        if isinstance(value, (list, Mapping)):
            waiting += value.values() if isinstance(value, Mapping) else value


def _inputs_of(call: Any, tensor: Any) -> tuple[Any, Config]:
    """What a layer was called on, and the other arguments of the call."""
    if _is_place(call):
        return tensor(call), call[3] if len(call) == 4 else {}
    items = list(call.values()) if isinstance(call, Mapping) else call
    pairs = [_inputs_of(item, tensor) for item in items]
    kwargs = pairs[0][1] if pairs else {}
    if isinstance(call, Mapping):
        return dict(zip(call, (inputs for inputs, _ in pairs))), kwargs
    return pairs[0][0] if len(pairs) == 1 else [inputs for inputs, _ in pairs], kwargs


def _tensors_in(value: Any, tensor: Any, names: Mapping[str, Any]) -> Any:
    if _is_place(value) and value[0] in (*names, "_CONSTANT_VALUE"):
        return tensor(value)
    if isinstance(value, list):
        return [_tensors_in(item, tensor, names) for item in value]
    if isinstance(value, Mapping):
        return {key: _tensors_in(item, tensor, names) for key, item in value.items()}
    return value


def _positional(calls: list[Config]) -> None:
    """Operators take their two sides in order, and no name."""
    for call in calls:
        call["args"] += [call["kwargs"]["y"]] if "y" in call["kwargs"] else []
        call["kwargs"] = {}


# What compile was given ------------------------------------------------------------------------


def compile_config(config: Config, output_names: Sequence[str]) -> Config:
    """The arguments of `compile` in the form of today, from the training config of a file."""
    return {
        "optimizer": _optimizer(config["optimizer_config"]),
        "loss": _nested(config.get("loss"), ("keras.losses",)),
        "loss_weights": config.get("loss_weights"),
        "metrics": _metrics(config.get("metrics"), output_names),
        "weighted_metrics": _metrics(config.get("weighted_metrics"), output_names),
    }


def _optimizer(entry: Config) -> Config:
    gone = (
        "is_legacy_optimizer",
        "jit_compile",
        "gradient_aggregator",
        "schedule_decay",
        "initial_decay",
        "dynamic",
    )
    config = {k: v for k, v in entry["config"].items() if k not in gone}
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    if config.get("epsilon", ...) is None:
        del config["epsilon"]
    if "inner_optimizer" in config:
        config["inner_optimizer"] = _optimizer(config["inner_optimizer"])
    rate = config.get("learning_rate")
    schedules = ("keras.optimizers.schedules",)
    if isinstance(rate, Mapping):
        config["learning_rate"] = _named(rate["class_name"], rate["config"], schedules, rate)
    elif decay := config.pop("decay", 0):
        falling = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        config["learning_rate"] = _named("InverseTimeDecay", falling, schedules)
    return _named(entry["class_name"], config, ("keras.optimizers",), entry)


def _nested(value: Any, modules: Sequence[str]) -> Any:
    """Losses or metrics: names, configs, and lists and dicts of them."""
    if isinstance(value, str):
        # A function of one's own is known only while the file is read.
        return _function(value) if serialization.find(value) is not None else value
    if isinstance(value, list):
        return [_nested(item, modules) for item in value if item is not None]
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {key: _nested(item, modules) for key, item in value.items()}
    name, config = value["class_name"], dict(value["config"])
    wraps = name in ("MeanMetricWrapper", "LossFunctionWrapper", "SumOverBatchSizeMetricWrapper")
    if wraps and isinstance(config.get("fn"), str):
        config["fn"] = _function(config["fn"])
        name = name.replace("SumOverBatchSize", "Mean")
    elif not wraps:
        config.pop("fn", None)
    if config.get("reduction") == "auto":
        config["reduction"] = "sum_over_batch_size"
    return _named(name, config, modules, value)


def _function(name: str) -> Config:
    return {
        "module": "builtins",
        "class_name": "function",
        "config": name,
        "registered_name": "function",
    }


def _metrics(value: Any, output_names: Sequence[str]) -> Any:
    value = _nested(value, ("keras.metrics",))
    if isinstance(value, list) and len(output_names) == len(value) > 1:
        # Keras 2 wrote the names as the logs have them, with that of the output before.
        for output, entries in zip(output_names, value):
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, Mapping) and "name" in entry["config"]:
                    inner = entry["config"]
                    inner["name"] = inner["name"].removeprefix(f"{output}_")
    return value
