"""Keras 1's and 2's arguments and methods, in their meaning, on gyeol's classes.

The classes stay the same, so that files, `isinstance` and subclasses of one's own know them; only
while the faces are installed do they take the old forms.
"""

import functools
import inspect
import math
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import gyeol.callbacks
import gyeol.layers
import gyeol.models
import gyeol.optimizers
from gyeol import datasets, initializers, saving, serialization
from gyeol.callbacks import callback_list
from gyeol.callbacks.history import History
from gyeol.callbacks.model_checkpoint import ModelCheckpoint
from gyeol.compat.operations import TFOpLambda
from gyeol.compat.patches import Patches
from gyeol.compat.tensors import TensorShape, canonical
from gyeol.compat.usage import unsupported, usage
from gyeol.layers.base import Layer
from gyeol.models import Functional, Model
from gyeol.optimizers import Optimizer
from gyeol.suggestions import did_you_mean
from gyeol.text import tr
from gyeol.variable import Variable, filled

# What every layer takes besides its own arguments.
_OF_EVERY_LAYER = frozenset(
    ("activity_regularizer", "autocast", "batch_input_shape", "batch_shape", "batch_size", "dtype")
    + ("input_dim", "input_shape", "name", "trainable")
)
# An old argument and the new ones it may stand for: the first that the class has.
_RENAMED = {
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "U_regularizer": ("recurrent_regularizer",),
    "alpha": ("negative_slope",),
    "atrous_rate": ("dilation_rate",),
    "b_constraint": ("bias_constraint",),
    "b_regularizer": ("bias_regularizer",),
    "beta1": ("beta_1",),
    "beta2": ("beta_2",),
    "beta_init": ("beta_initializer",),
    "bias": ("use_bias",),
    "border_mode": ("padding",),
    "dim_ordering": ("data_format",),
    "dropout_U": ("recurrent_dropout",),
    "dropout_W": ("dropout",),
    "filter_length": ("kernel_size",),
    "forget_bias_init": ("unit_forget_bias",),
    "gamma_init": ("gamma_initializer",),
    "init": ("kernel_initializer", "embeddings_initializer"),
    "inner_activation": ("recurrent_activation",),
    "inner_init": ("recurrent_initializer",),
    "length": ("size",),
    "lr": ("learning_rate",),
    "nb_filter": ("filters",),
    "output_dim": ("units",),
    "p": ("rate",),
    "pool_length": ("pool_size",),
    "sigma": ("stddev",),
    "stride": ("strides",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "theta": ("threshold",),
    "epsilon": ("min_delta",),
}
# Old arguments that have no meaning here; a value other than those listed would change the result.
_DROPPED: dict[str, tuple] = {
    "batch_input_dtype": (),
    "consume_less": (),
    "dynamic": (),
    "fused": (),
    "go_backwards": (False,),
    "implementation": (),
    "load_weights_on_restart": (),
    "mode": (0,),
    "options": (),
    "renorm": (False,),
    "schedule_decay": (),
    "time_major": (False,),
    "unroll": (),
    "use_locking": (),
    "virtual_batch_size": (None,),
    "weights": (None,),
    "write_grads": (),
}
_DATA_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": None}
_CONSTRAINTS = {"maxnorm": "MaxNorm", "nonneg": "NonNeg", "unitnorm": "UnitNorm"}

# Layers of Keras 1 had this in their name, or this among their arguments.
_KERAS_1 = frozenset(("border_mode", "dim_ordering", "init", "subsample", "W_regularizer"))


def _parameters(function: Callable) -> dict[str, inspect.Parameter]:
    return dict(list(inspect.signature(function).parameters.items())[1:])


def _takes_any(parameters: Mapping[str, inspect.Parameter]) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _checked(what: str, known: Callable[[], list[str]], call: Callable[[], Any], given: Any) -> Any:
    """Call, and let the error for an argument that is not there say which was meant."""
    try:
        return call()
    except (TypeError, ValueError) as error:
        names = known()
        wrong = [name for name in given if name not in names and f"'{name}'" in str(error)]
        if not wrong:
            raise
        hint = did_you_mean(wrong[0], names)
        if not hint:
            raise
        raise type(error)(
            tr("{what} has no argument {name!r}.{hint}", what=what, name=wrong[0], hint=hint)
        ) from None


# Arguments of layers, optimizers and callbacks ----------------------------------------------


def _in_new_words(cls: str, known: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a class under their new names."""
    result: dict[str, Any] = {}
    for name, value in given.items():
        if name.endswith("_constraint") and isinstance(value, str):
            value = _CONSTRAINTS.get(value, value)
        if name in known or name in _OF_EVERY_LAYER:
            result[name] = value
            continue
        new = next((new for new in _RENAMED.get(name, ()) if new in known), None)
        if new is not None:
            usage.translated(f"{cls}({name}=)", f"{new}=")
            value = _DATA_FORMATS.get(value, value) if new == "data_format" else value
            result.setdefault(new, value)
        elif name in _DROPPED and (not _DROPPED[name] or value in _DROPPED[name]):
            usage.translated(f"{cls}({name}=)", "-")
        else:
            result[name] = value
    return result


def _with_weights(cls: str, known: Mapping[str, Any], kwargs: dict[str, Any]) -> None:
    """``weights=[...]``: the first values, as initializers."""
    weights = kwargs.pop("weights", None)
    if weights is None:
        return
    targets = [
        name
        for name in ("embeddings_initializer", "kernel_initializer", "bias_initializer")
        if name in known
    ]
    if len(weights) > len(targets):
        raise unsupported(f"{cls}(weights=...)", "Call set_weights() once the layer is built.")
    for name, value in zip(targets, weights):
        usage.translated(f"{cls}(weights=)", f"{name}=Constant")
        kwargs[name] = initializers.Constant(np.asarray(value))


def narrowed(dtype: Any) -> str:
    """The dtype that JAX has for one of 64 bits."""
    name = str(canonical(dtype))
    if name != str(getattr(dtype, "name", dtype)):
        usage.translated(str(getattr(dtype, "name", dtype)), name)
    return name


def _of_layer(cls: type, known: Mapping[str, Any], args: tuple, kwargs: dict[str, Any]) -> tuple:
    name = cls.__name__
    # tf.nn.relu stands for the activation function of that name, which files and checks know.
    args = tuple(getattr(value, "stands_for", value) for value in args)
    kwargs = {key: getattr(value, "stands_for", value) for key, value in kwargs.items()}
    if (
        name.startswith("Conv2D")
        and len(args) == 3
        and all(isinstance(size, int) for size in args)
        and (_KERAS_1 & set(kwargs))
    ):
        usage.translated(f"{name}(filters, rows, columns)", f"{name}(filters, (rows, columns))")
        args = (args[0], args[1:])
    if "nb_row" in kwargs and "nb_col" in kwargs:
        usage.translated(f"{name}(nb_row=, nb_col=)", "kernel_size=")
        kwargs["kernel_size"] = (kwargs.pop("nb_row"), kwargs.pop("nb_col"))
    if "input_length" in kwargs and "input_length" not in known:
        usage.translated(f"{name}(input_length=)", "input_shape=")
        length = kwargs.pop("input_length")
        if isinstance(length, (list, tuple)):
            shape = tuple(length)
        elif name == "Embedding":
            shape = (length,)
        else:
            shape = (length, kwargs.pop("input_dim", None))
        if length is not None and not {"input_shape", "batch_input_shape"} & set(kwargs):
            kwargs["input_shape"] = shape
    elif "input_dim" in kwargs and name in ("LSTM", "GRU", "SimpleRNN", "Conv1D"):
        kwargs["input_shape"] = (None, kwargs.pop("input_dim"))
    if name == "Embedding" and "dropout" in kwargs:
        # Keras 2 leaves it out too, and names SpatialDropout1D as what comes nearest.
        usage.translated("Embedding(dropout=)", "-")
        del kwargs["dropout"]
    if "64" in str(kwargs.get("dtype") or ""):
        kwargs["dtype"] = narrowed(kwargs["dtype"])
    _with_weights(name, known, kwargs)
    return args, _in_new_words(name, known, kwargs)


def _of_optimizer(cls: type, known: Mapping[str, Any], args: tuple, kwargs: dict) -> tuple:
    kwargs = _in_new_words(cls.__name__, known, kwargs)
    if kwargs.get("epsilon", 0) is None:
        del kwargs["epsilon"]  # Keras 2's word for the default
    return args, kwargs


def _of_anything(cls: type, known: Mapping[str, Any], args: tuple, kwargs: dict) -> tuple:
    return args, _in_new_words(cls.__name__, known, kwargs)


def _of_model(cls: type, known: Mapping[str, Any], args: tuple, kwargs: dict) -> tuple:
    for old, new in (("input", "inputs"), ("output", "outputs")):
        if old in kwargs:
            usage.translated(f"Model({old}=)", f"{new}=")
            kwargs[new] = kwargs.pop(old)
    return args, kwargs


def _with_old_arguments(cls: type, translate: Callable) -> Callable:
    """The `__init__` of a class, which takes old arguments too."""
    function = cls.__init__
    known = _parameters(function)

    @functools.wraps(function)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        args, kwargs = translate(cls, known, args, kwargs)
        _checked(
            cls.__name__,
            lambda: [*known, *(_OF_EVERY_LAYER if issubclass(cls, Layer) else ())],
            lambda: function(self, *args, **kwargs),
            kwargs,
        )

    return __init__


def _classes(module: str, base: type) -> list[type]:
    found = serialization.exported_objects(module).values()
    return list(dict.fromkeys(c for c in found if isinstance(c, type) and issubclass(c, base)))


# Methods of models --------------------------------------------------------------------------

_IGNORED_IN_FIT = frozenset(
    ("class_mode", "experimental_run_tf_function", "max_q_size", "max_queue_size", "nb_worker")
    + ("pickle_safe", "sample_weight_mode", "target_tensors", "use_multiprocessing", "workers")
    + ("wait_time", "include_optimizer", "save_format", "signatures", "options", "save_traces")
    + ("distribute", "cloning", "from_serialized")
)
_METHOD_ARGUMENTS = {
    "nb_epoch": "epochs",
    "nb_epochs": "epochs",
    "nb_val_samples": "validation_steps",
    "val_samples": "steps",
    "generator": "x",
}


def _method(function: Callable, before: Callable | None = None, timed: str = "") -> Callable:
    """A method of a model, which takes old arguments too."""
    name, known = function.__name__, _parameters(function)

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        for old in [old for old in kwargs if old not in known]:
            new = _METHOD_ARGUMENTS.get(old)
            if new in known:
                usage.translated(f"{name}({old}=)", f"{new}=")
                kwargs[new] = kwargs.pop(old)
            elif old in _IGNORED_IN_FIT:
                usage.translated(f"{name}({old}=)", "-")
                del kwargs[old]
        if before is not None:
            args, kwargs = before(self, args, kwargs)
        with usage.timed(timed) if timed else _nothing:
            return _checked(
                f"{type(self).__name__}.{name}",
                lambda: list(known),
                lambda: function(self, *args, **kwargs),
                kwargs,
            )

    return method


class _Nothing:
    """A `with` block that does nothing; made once, since predict is called in loops."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_nothing = _Nothing()


def _before_fit(model: Model, args: tuple, kwargs: dict[str, Any]) -> tuple:
    for name in ("steps_per_epoch", "validation_steps", "steps"):
        if isinstance(kwargs.get(name), (float, np.floating)):
            usage.translated(f"{name}= (a fraction)", "rounded up")
            kwargs[name] = math.ceil(kwargs[name])
    for name in ("verbose", "epochs", "batch_size"):
        if isinstance(kwargs.get(name), (bool, np.integer)):
            kwargs[name] = int(kwargs[name])
    if kwargs.pop("show_accuracy", False) and not model._objective.given_metrics:
        usage.translated("fit(show_accuracy=)", "compile(metrics=['acc'])")
        model.compile(optimizer=model.optimizer, loss=model.loss, metrics=["acc"])
    return args, kwargs


def _before_compile(model: Model, args: tuple, kwargs: dict[str, Any]) -> tuple:
    """Functions of the faces that stand for gyeol's become those."""

    def own(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: own(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [own(item) for item in value]
        return getattr(value, "stands_for", value)

    return tuple(map(own, args)), own(kwargs)


def _generator_steps(generator: Any, kwargs: dict[str, Any]) -> None:
    """Keras 1 counted samples where Keras 2 counts steps."""
    samples = kwargs.pop("samples_per_epoch", None)
    if samples is not None:
        usage.translated("fit_generator(samples_per_epoch=)", "steps_per_epoch=")
        kwargs["steps_per_epoch"] = max(1, samples // getattr(generator, "batch_size", 32))


def _fit_generator(
    self: Model, generator: Any, steps_per_epoch: Any = None, epochs: int = 1, **kwargs: Any
) -> Any:
    """Keras 2's `fit_generator`: `fit` on a generator."""
    usage.translated("fit_generator()", "fit()")
    _generator_steps(generator, kwargs)
    kwargs.setdefault("steps_per_epoch", steps_per_epoch)
    kwargs.setdefault("epochs", kwargs.pop("nb_epoch", epochs))
    return self.fit(generator, **kwargs)


def _evaluate_generator(self: Model, generator: Any, steps: Any = None, **kwargs: Any) -> Any:
    """Keras 2's `evaluate_generator`: `evaluate` on a generator, in silence."""
    usage.translated("evaluate_generator()", "evaluate()")
    return self.evaluate(generator, steps=steps, **{"verbose": 0, **kwargs})


def _predict_generator(self: Model, generator: Any, steps: Any = None, **kwargs: Any) -> Any:
    """Keras 2's `predict_generator`: `predict` on a generator, in silence."""
    usage.translated("predict_generator()", "predict()")
    return self.predict(generator, steps=steps, **{"verbose": 0, **kwargs})


def _predict_proba(self: Model, x: Any, batch_size: int = 32, verbose: int = 0) -> np.ndarray:
    """Keras 2's `predict_proba`: `predict`."""
    usage.translated("predict_proba()", "predict()")
    return self.predict(x, batch_size=batch_size, verbose=verbose)


def _predict_classes(self: Model, x: Any, batch_size: int = 32, verbose: int = 0) -> np.ndarray:
    """Keras 2's `predict_classes`: the class of the highest probability."""
    usage.translated("predict_classes()", "predict()")
    outputs = self.predict(x, batch_size=batch_size, verbose=verbose)
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    return (outputs > 0.5).astype("int32")


def _to_yaml(self: Model, **_: Any) -> str:
    raise unsupported("Model.to_yaml", "Use to_json and model_from_json.")


def weights_file(path: Any) -> str:
    """The file for weights under a name with no ending of a file's, such as 'training/cp.ckpt'."""
    path = os.fspath(path)
    return path if path.endswith((".h5", ".hdf5", ".keras")) else path + ".weights.h5"


def _save(save: Callable) -> Callable:
    """`Model.save`, which makes a folder for a name without an ending, as Keras 2 did."""

    @functools.wraps(save)
    def method(self: Model, filepath: Any, *args: Any, **kwargs: Any) -> None:
        from gyeol.compat.names import SAVED_MODEL

        path = os.fspath(filepath)
        if not path.endswith((".keras", ".h5", ".hdf5")):
            usage.translated("model.save('folder')", f"model.save('folder/{SAVED_MODEL}')")
            os.makedirs(path, exist_ok=True)
            path = os.path.join(path, SAVED_MODEL)
        save(self, path, *args, **kwargs)

    return method


def _save_weights(save: Callable) -> Callable:
    @functools.wraps(save)
    def method(self: Model, filepath: Any, *args: Any, **kwargs: Any) -> None:
        path = weights_file(filepath)
        if path != os.fspath(filepath):
            usage.translated("save_weights('name')", "save_weights('name.weights.h5')")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        save(self, path, *args, **kwargs)

    return method


class _Loaded:
    """What `load_weights` returned in TensorFlow: a status that takes assertions."""

    def expect_partial(self) -> "_Loaded":
        return self

    assert_consumed = assert_existing_objects_matched = expect_partial


def _load_weights(load: Callable) -> Callable:
    @functools.wraps(load)
    def method(self: Model, filepath: Any, *args: Any, **kwargs: Any) -> _Loaded:
        load(self, weights_file(filepath), *args, **kwargs)
        return _Loaded()

    return method


# Logs ---------------------------------------------------------------------------------------

_OTHER_NAMES = (("accuracy", "acc"), ("acc", "accuracy"), ("learning_rate", "lr"))
_OTHER_NAMES = (*_OTHER_NAMES, ("lr", "learning_rate"))


class Logs(dict):
    """A dict in which 'acc' finds what is called 'accuracy', and the other way round."""

    def _name(self, name: Any) -> Any:
        if dict.__contains__(self, name) or not isinstance(name, str):
            return name
        for ending, other in _OTHER_NAMES:
            if name == ending or name.endswith(f"_{ending}"):
                known = name.removesuffix(ending) + other
                if dict.__contains__(self, known):
                    usage.translated(f"logs[{name!r}]", repr(known))
                    return known
        return name

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, self._name(name))

    def __missing__(self, name: Any) -> Any:
        known = self._name(name)
        if known == name:
            names = [key for key in self if isinstance(key, str)]
            hint = did_you_mean(str(name), names)
            message = tr(
                "{name!r} is not logged.{hint} There are {names}.",
                name=name,
                hint=hint,
                names=", ".join(names),
            )
            raise KeyError(message)
        return self[known]

    def get(self, name: Any, default: Any = None) -> Any:
        return dict.get(self, self._name(name), default)


def _history_init(function: Callable) -> Callable:
    @functools.wraps(function)
    def __init__(self: History) -> None:
        function(self)
        self.history = Logs(self.history)

    return __init__


# Checkpoints --------------------------------------------------------------------------------


def _checkpoint_init(function: Callable) -> Callable:
    """`ModelCheckpoint`, which takes any name for weights and counts epochs with `period`."""
    known = _parameters(function)

    @functools.wraps(function)
    def __init__(self: ModelCheckpoint, filepath: Any, *args: Any, **kwargs: Any) -> None:
        kwargs = dict(kwargs)
        period = kwargs.pop("period", 1)
        kwargs = _in_new_words("ModelCheckpoint", known, kwargs)
        given = inspect.signature(function).bind(self, filepath, *args, **kwargs).arguments
        path = os.fspath(filepath)
        if given.get("save_weights_only"):
            path = weights_file(path)
        elif not path.endswith((".keras", ".h5", ".hdf5")):
            usage.translated("ModelCheckpoint('folder')", "a folder with the model in it")
            function(self, path + ".keras", *args, **kwargs)
            self.filepath = path
            path = ""
        if path:
            if path != os.fspath(filepath):
                usage.translated("ModelCheckpoint('name')", "'name.weights.h5'")
            function(self, path, *args, **kwargs)
        self._period, self._epochs_waited = int(period), 0
        if period != 1:
            usage.translated("ModelCheckpoint(period=)", "counted")

    return __init__


def _checkpoint_epoch_end(function: Callable) -> Callable:
    @functools.wraps(function)
    def on_epoch_end(self: ModelCheckpoint, epoch: int, logs: dict | None = None) -> None:
        self._epochs_waited += 1
        if self._epochs_waited >= self._period:
            self._epochs_waited = 0
            function(self, epoch, logs)

    return on_epoch_end


# Optimizers ---------------------------------------------------------------------------------


def _optimizer_init(function: Callable) -> Callable:
    """Keras 2's ``decay=``: the rate at a step is ``lr / (1 + decay * step)``."""

    @functools.wraps(function)
    def __init__(self: Optimizer, *args: Any, decay: float | None = None, **kwargs: Any) -> None:
        function(self, *args, **kwargs)
        self.decay = float(decay or 0)
        if self.decay:
            usage.translated(f"{type(self).__name__}(decay=)", "lr / (1 + decay * step)")

    return __init__


def _optimizer_update(function: Callable) -> Callable:
    @functools.wraps(function)
    def _update(self: Optimizer, grads: list, variables: list) -> None:
        rate = self._learning_rate
        if not getattr(self, "decay", 0) or not isinstance(rate, Variable):
            return function(self, grads, variables)
        value = rate.value / (1 + self.decay * self.iterations)
        with filled([rate], [value.astype(rate.value.dtype)]):
            return function(self, grads, variables)

    return _update


def _optimizer_config(function: Callable) -> Callable:
    @functools.wraps(function)
    def get_config(self: Optimizer) -> dict[str, Any]:
        decay = getattr(self, "decay", 0)
        return {**function(self), **({"decay": decay} if decay else {})}

    return get_config


def _get_rate(self: Optimizer) -> Any:
    return self.learning_rate


def _set_rate(self: Optimizer, value: Any) -> None:
    self.learning_rate = value


# Layers -------------------------------------------------------------------------------------


def _add_weight(function: Callable) -> Callable:
    """tf.keras's ``add_weight('name', shape)``: the name came first."""

    @functools.wraps(function)
    def add_weight(self: Layer, *args: Any, **kwargs: Any) -> Variable:
        if args and isinstance(args[0], str):
            usage.translated("add_weight(name, shape)", "add_weight(shape, name=)")
            kwargs["name"], args = args[0], args[1:]
        if isinstance(kwargs.get("shape"), (TensorShape, list)):
            kwargs["shape"] = tuple(kwargs["shape"])
        return function(self, *args, **kwargs)

    return add_weight


def _at(what: str, of: Callable[[Any], Any]) -> Callable:
    def get(self: Layer, node_index: int) -> Any:
        tensors = of(self._inbound_nodes[node_index])
        found = [t.shape if what == "shape" else t for t in tensors]
        return found[0] if len(found) == 1 else found

    return get


def _shape_of(name: str) -> property:
    def shape(self: Layer) -> Any:
        tensors = getattr(
            self._first_node(name), f"{name}_tensors" if name == "input" else "outputs"
        )
        shapes = [tensor.shape for tensor in tensors]
        return shapes[0] if len(shapes) == 1 else shapes

    return property(shape)


def _timed_load(function: Callable) -> Callable:
    @functools.wraps(function)
    def load_data(*args: Any, **kwargs: Any) -> Any:
        with usage.timed("data"):
            return function(*args, **kwargs)

    return load_data


def install(patches: Patches) -> None:
    """Let gyeol's classes take Keras 1's and 2's forms, until the patches are undone."""
    key = ("keras.layers", "TFOpLambda")
    patches.put(serialization._OBJECTS, key, TFOpLambda)
    patches.put(serialization._NAMES, TFOpLambda, key)
    layers = [c for c in _classes("keras.layers", Layer) if c is not Layer]
    wrapped = [(c, _with_old_arguments(c, _of_layer)) for c in (*layers, Layer)]
    others = [c for c in _classes("keras.optimizers", Optimizer) if c is not Optimizer]
    wrapped += [(c, _with_old_arguments(c, _of_optimizer)) for c in others]
    wrapped += [(Optimizer, _optimizer_init(Optimizer.__init__))]
    wrapped += [(c, _with_old_arguments(c, _of_model)) for c in (Model, Functional)]
    for cls in _classes("keras.callbacks", gyeol.callbacks.Callback):
        special = (ModelCheckpoint, History, callback_list.CallbackList)
        if cls not in special and "__init__" in vars(cls):
            wrapped.append((cls, _with_old_arguments(cls, _of_anything)))
    wrapped += [
        (ModelCheckpoint, _checkpoint_init(ModelCheckpoint.__init__)),
        (History, _history_init(History.__init__)),
    ]
    for cls, function in wrapped:
        patches.set(cls, "__init__", function)

    patches.set(
        ModelCheckpoint, "on_epoch_end", _checkpoint_epoch_end(ModelCheckpoint.on_epoch_end)
    )
    plain = callback_list._plain
    patches.set(callback_list, "_plain", lambda logs: Logs(plain(logs)))

    patches.set(Optimizer, "_update", _optimizer_update(Optimizer._update))
    patches.set(Optimizer, "get_config", _optimizer_config(Optimizer.get_config))
    patches.set(Optimizer, "lr", property(_get_rate, _set_rate))

    patches.set(Layer, "add_weight", _add_weight(Layer.add_weight))
    patches.set(Layer, "get_input_at", _at("tensor", lambda node: node.input_tensors))
    patches.set(Layer, "get_output_at", _at("tensor", lambda node: node.outputs))
    patches.set(Layer, "get_input_shape_at", _at("shape", lambda node: node.input_tensors))
    patches.set(Layer, "get_output_shape_at", _at("shape", lambda node: node.outputs))
    patches.set(gyeol.layers.InputLayer, "input", property(lambda self: self.output))
    for name in ("input", "output"):
        if not hasattr(Layer, f"{name}_shape"):
            patches.set(Layer, f"{name}_shape", _shape_of(name))

    patches.set(Model, "save", _method(_save(Model.save)))
    patches.set(Model, "save_weights", _method(_save_weights(Model.save_weights)))
    patches.set(Model, "load_weights", _method(_load_weights(Model.load_weights)))
    patches.set(Model, "compile", _method(Model.compile, _before_compile))
    for name, what in (
        ("fit", "training"),
        ("evaluate", "prediction"),
        ("predict", "prediction"),
        ("train_on_batch", "training"),
        ("test_on_batch", "prediction"),
        ("predict_on_batch", "prediction"),
    ):
        patches.set(Model, name, _method(getattr(Model, name), _before_fit, what))
    patches.set(Model, "fit_generator", _fit_generator)
    patches.set(Model, "evaluate_generator", _evaluate_generator)
    patches.set(Model, "predict_generator", _predict_generator)
    patches.set(Model, "predict_proba", _predict_proba)
    patches.set(Model, "predict_classes", _predict_classes)
    patches.set(Model, "to_yaml", _to_yaml)
    for name in datasets.names():
        module = getattr(datasets, name)
        patches.set(module, "load_data", _timed_load(module.load_data))
    patches.set(saving, "load_model", _timed_load(saving.load_model))
