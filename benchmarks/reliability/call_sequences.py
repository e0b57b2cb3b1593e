"""Random sequences of public calls on small models, against a plain account of what must hold.

Each sequence makes a few models and then calls, in any order, what people call: fit, evaluate,
predict, save, load, freeze, add, pop, clone, copy, share a layer, break a call in the middle.
After every call the structure of every model is held against itself, and whatever the call has no
right to change (weights, optimizers, histories, flags, of this model and of all others) is compared
bit by bit with what it was before.

    python -m benchmarks.reliability call_sequences --count 1000
"""

import contextlib
import copy
import io
import os
import pickle
import random
import re
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import gyeol
from gyeol import callbacks, layers, losses, models, optimizers, utils
from gyeol.layers import BatchNormalization, Dense, Dropout, Input
from gyeol.training import program
from gyeol.variable import Variable

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
ROWS = 8
# What a refusal may be; anything else that a call raises is a finding.
REFUSALS = (ValueError, TypeError, RuntimeError, AttributeError, OSError, NotImplementedError)


class Planned(Exception):
    """Raised by a callback or by data, in the middle of a call."""


@gyeol.saving.register_keras_serializable("sequences")
class TwoLayers(models.Model):
    """A model of its own class."""

    def __init__(self, activation: str | None = "relu", **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activation
        self.first = Dense(3, activation=activation)
        self.last = Dense(2)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.last(self.first(inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": self.activation}


class Breaks(callbacks.Callback):
    """Raises at the end of an epoch or a batch."""

    def __init__(self, what: type[BaseException]):
        super().__init__()
        self.what = what

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        raise self.what("planned")


class BreaksAtBatch(callbacks.Callback):
    """Raises after the second batch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 1:
            raise Planned("planned")


class Batches(utils.PyDataset):
    """The rows in batches of 4."""

    def __init__(self, x: Any, y: Any):
        super().__init__()
        self.x, self.y = x, y

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> tuple:
        rows = slice(4 * index, 4 * index + 4)
        return self.x[rows], self.y[rows]


class Subject:
    """A model, and what must hold of it that it does not say itself.

    Attributes:
        model: the model.
        steps: the steps that its optimizer has taken.
    """

    def __init__(self, model: Any, steps: int = 0):
        self.model = model
        self.steps = steps


class World:
    """The models of one sequence, and a folder for their files."""

    def __init__(self, folder: str):
        self.subjects: list[Subject] = []
        self.folder = folder
        self.calls = 0
        self.files = 0

    def name(self) -> str:
        """A name that no layer has."""
        self.files += 1
        return f"new_{self.files}"

    def path(self, ending: str) -> str:
        self.files += 1
        return os.path.join(self.folder, f"{self.files}{ending}")


# Models ------------------------------------------------------------------------------------


def _sequential(rng: random.Random) -> Any:
    return models.Sequential([Input((4,)), Dense(3, activation="relu"), Dense(2)])


def _unbuilt(rng: random.Random) -> Any:
    return models.Sequential([Dense(3, activation="relu"), Dense(2)])


def _normalized(rng: random.Random) -> Any:
    return models.Sequential([Input((4,)), Dense(3), BatchNormalization(), Dropout(0.5), Dense(2)])


def _functional(rng: random.Random) -> Any:
    inputs, shared = Input((4,)), Dense(4, activation="relu")
    both = layers.Add()([shared(inputs), shared(shared(inputs))])
    return models.Model(inputs, Dense(2)(both))


def _own_class(rng: random.Random) -> Any:
    return TwoLayers()


def _regularized(rng: random.Random) -> Any:
    bounded = {"kernel_constraint": "max_norm", "kernel_regularizer": "l2"}
    last = Dense(2, activity_regularizer="l2")
    return models.Sequential([Input((4,)), Dense(3, **bounded), last])


KINDS = [_sequential, _sequential, _unbuilt, _normalized, _functional, _regularized, _own_class]


def _outputs(model: Any) -> int:
    """The size of the last axis of the outputs."""
    if isinstance(model, TwoLayers):
        return 2
    if isinstance(model, models.Sequential):
        size = 4
        for layer in model.layers:
            size = getattr(layer, "units", None) or (
                _outputs(layer) if isinstance(layer, models.Model) else size
            )
        return size
    return model.output_shape[-1]


def _data(model: Any) -> tuple[np.ndarray, np.ndarray]:
    size = _outputs(model)
    return X, np.tanh(X[:, :1] * np.arange(1, size + 1, dtype="float32"))


# What must hold ----------------------------------------------------------------------------


def _trained_by_flags(layer: Any) -> list[Variable]:
    """The trainable variables, from the flags of the layers alone."""
    within = layer._flatten_layers() if layer.trainable else []
    return [v for x in within if x.trainable for v in x._own_variables if v.trainable]


def _expected_shapes(layer: Any, size: int) -> tuple[list[tuple], int]:
    """The shapes of a layer's variables for inputs of this size, and the size of its outputs."""
    if isinstance(layer, Dense):
        return [(size, layer.units), (layer.units,)], layer.units
    if isinstance(layer, BatchNormalization):
        return [(size,)] * 4, size
    if isinstance(layer, models.Sequential):
        shapes = []
        for inner in layer.layers:
            its, size = _expected_shapes(inner, size)
            shapes += its
        return shapes, size
    if isinstance(layer, TwoLayers):
        return [(size, 3), (3,), (3, 2), (2,)], 2
    if isinstance(layer, models.Model):
        return [(4, 4), (4,), (4, 2), (2,)], 2
    return [], size


def _forward(model: Any, x: Any) -> Any:
    """The outputs in inference, layer by layer, without the model's own `call`."""
    if isinstance(model, TwoLayers):
        return model.last(model.first(x))
    if isinstance(model, models.Sequential):
        for layer in model.layers:
            x = _forward(layer, x)
        return x
    if isinstance(model, models.Model):
        shared, last = (layer for layer in model.layers if isinstance(layer, Dense))
        once = shared(x)
        return last(once + shared(once))
    if isinstance(layer := model, Dense) and layer.built:
        kernel, bias = (np.asarray(v, "float32") for v in layer.variables)
        x = np.asarray(x, "float32") @ kernel + bias
        return np.maximum(x, 0) if layer.activation is gyeol.activations.relu else x
    return model(x, training=False) if isinstance(model, BatchNormalization) else x


def require(truth: Any, words: str) -> None:
    """Raise if something does not hold."""
    if not truth:
        raise AssertionError(words)


def check(world: World) -> None:
    """What holds of every model at any time."""
    for subject in world.subjects:
        model = subject.model
        variables, trained = model.variables, model.trainable_variables
        ids = [id(v) for v in variables]
        require(len(set(ids)) == len(ids), "a variable is listed twice")
        require({id(v) for v in model.weights} == set(ids), "weights and variables differ")
        require(
            {id(v) for v in trained} == {id(v) for v in _trained_by_flags(model)},
            "trainable_variables are not what the flags say",
        )
        require(
            {id(v) for v in trained} | {id(v) for v in model.non_trainable_variables} == set(ids)
            and not {id(v) for v in trained} & {id(v) for v in model.non_trainable_variables},
            "trainable and other variables are not the variables",
        )
        theirs = {id(v) for layer in model.layers for v in layer.variables}
        require(theirs == set(ids), "the layers' variables are not the model's")
        names = [layer.name for layer in model.layers]
        require(len(set(names)) == len(names), "a name is taken twice")
        weights = model.get_weights()
        require([w.shape for w in weights] == [v.shape for v in model.weights], "shapes differ")
        if model.built and variables:
            expected: dict[tuple, int] = {}
            require(
                model.count_params() == sum(w.size for w in weights), "count_params is another sum"
            )
            if not _shares_inside(model):
                expected = sorted(_expected_shapes(model, 4)[0])
                require(sorted(v.shape for v in variables) == expected, "shapes not implied")
        if model.compiled:
            require(model.optimizer is not None, "compiled without optimizer")
            require(
                int(model.optimizer.iterations) == subject.steps,
                f"iterations {int(model.optimizer.iterations)}, steps {subject.steps}",
            )
            slots = model.optimizer.variables
            require(len({id(v) for v in slots}) == len(slots), "an optimizer's slot is twice there")
        for variable in variables:
            require(
                isinstance(variable._value, jax.Array)
                and not isinstance(variable._value, jax.core.Tracer),
                "a tracer is left in a variable",
            )
            require(np.isfinite(variable.numpy()).all(), "a weight is no number")


def _shares_inside(model: Any) -> bool:
    met: list[int] = []
    pending = [model]
    while pending:
        layer = pending.pop()
        met.append(id(layer))
        pending += layer._children()
    return len(set(met)) < len(met)


def _bits(variable: Variable) -> tuple:
    return variable.shape, variable._value.dtype.name, np.asarray(variable._value).tobytes()


def _state(model: Any, parts: frozenset[str]) -> dict[str, Any]:
    """All that can be seen of a model, without the named parts."""
    objective, optimizer = model._objective, model.optimizer
    found = {
        "layers": [(layer.name, id(layer), layer.built) for layer in model._flatten_layers()],
        "built": model.built,
        "config": [
            repr(layer.get_config())
            for layer in model._flatten_layers()
            if not isinstance(layer, models.Model)
        ],
        "flags": [layer.trainable for layer in model._flatten_layers()],
        "compiled": (id(objective), id(optimizer), [id(v) for v in model._trained or ()]),
        "optimizer": optimizer and (optimizer.built, [_bits(v) for v in optimizer.variables]),
        "history": model.history and (id(model.history), repr(model.history.history)),
        "metrics": objective
        and ([m.name for m in objective.metrics], [_bits(v) for v in objective.variables]),
        "objective": objective and repr((objective.names, objective.built_for)),
        "epochs": model._epochs_done,
    }
    return {name: value for name, value in found.items() if name not in parts}


@contextlib.contextmanager
def only(world: World, subject: Subject | None = None, *parts: str) -> Iterator[None]:
    """Require that a block changes these parts of one model, and nothing of any other.

    'weights' are those of the model's variables; others that share them see the change.
    """
    subjects = list(world.subjects)
    before = {
        id(s): _state(s.model, frozenset(parts) if s is subject else frozenset()) for s in subjects
    }
    may = {id(v) for v in subject.model.variables} if subject and "weights" in parts else set()
    values = {id(v): (v, _bits(v)) for s in subjects for v in s.model.variables if id(v) not in may}
    yield
    for s in subjects:
        now = _state(s.model, frozenset(parts) if s is subject else frozenset())
        for name, value in before[id(s)].items():
            whose = "the" if s is subject else "another"
            require(now[name] == value, f"{name} of {whose} model changed")
    for variable, bits in values.values():
        require(_bits(variable) == bits, f"variable {variable.path} changed")


TRAINING = ("weights", "optimizer", "history", "metrics", "objective", "epochs")


# Calls -------------------------------------------------------------------------------------
# Each takes the world, a model of it and random numbers; it returns False where it does not apply.

CALLS: dict[str, Callable] = {}


def call(function: Callable) -> Callable:
    CALLS[function.__name__] = function
    return function


@call
def make(world: World, subject: Subject, rng: random.Random) -> Any:
    if len(world.subjects) > 3:
        world.subjects.remove(rng.choice(world.subjects))
    with only(world):
        model = rng.choice(KINDS)(rng)
    world.subjects.append(Subject(model))


def _optimizer(rng: random.Random) -> Any:
    return rng.choice(
        [
            "sgd",
            "adam",
            lambda: optimizers.SGD(0.05, momentum=0.9),
            lambda: optimizers.Adam(0.01, weight_decay=0.01),
            lambda: optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5),
            lambda: optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)),
            lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.05)),
        ]
    )


@call
def compile_(world: World, subject: Subject, rng: random.Random) -> Any:
    optimizer = _optimizer(rng)
    optimizer = optimizer() if callable(optimizer) else optimizer
    loss = rng.choice(["mse", "mse", losses.Huber()])
    metrics = rng.choice([None, ["mae"]])
    others = [s.model.optimizer for s in world.subjects if s is not subject and s.model.optimizer]
    if subject.model.built and subject.model.layers and others and rng.random() < 0.2:
        return _optimizer_of_another(world, subject, rng.choice(others))
    with only(world, subject, "compiled", "optimizer", "metrics", "objective"):
        subject.model.compile(optimizer, loss, metrics=metrics)
    subject.steps = 0


def _optimizer_of_another(world: World, subject: Subject, optimizer: Any) -> None:
    """An optimizer that has begun with other variables is refused in words."""
    model = subject.model
    trained = {id(v) for v in model.trainable_variables}
    if optimizer.built and not trained <= {id(v) for v in optimizer._trainable_variables}:
        with only(world, subject, "compiled", "optimizer", "metrics", "objective"):
            model.compile(optimizer, "mse")
        subject.steps = int(optimizer.iterations)
        x, y = _data(model)
        _refused(world, subject, lambda: model.fit(x, y, verbose=0), ValueError)
        with only(world, subject, "compiled", "optimizer", "metrics", "objective"):
            model.compile("sgd", "mse")
        subject.steps = 0


@call
def build(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    before = [_bits(v) for v in model.variables]
    parts = () if model.built else ("built", "layers", "config", "flags")
    if not model.built and isinstance(model, models.Sequential) and not model.layers:
        return False
    with only(world, subject, *parts):
        model.build((None, 4))
    require(model.built, "build leaves the model unbuilt")
    require([_bits(v) for v in model.variables][: len(before)] == before, "build changed weights")


def _build_parts(model: Any) -> tuple[str, ...]:
    return () if model.built else ("built", "layers", "config", "flags")


@call
def eager(world: World, subject: Subject, rng: random.Random) -> Any:
    if not subject.model.layers:
        return False
    with only(world, subject, *_build_parts(subject.model)):
        subject.model(X)


@call
def predict(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.layers:
        return False
    size = rng.choice([None, 4, 3])
    with only(world, subject, *_build_parts(model)):
        got = model.predict(X, batch_size=size, verbose=0)
    expected = np.asarray(_forward(model, X))
    np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-5)
    np.testing.assert_allclose(np.asarray(model(X)), expected, rtol=2e-5, atol=2e-5)


@call
def evaluate(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.compiled or not model.layers:
        return False
    x, y = _data(model)
    parts = ("metrics", "objective", "compiled", "optimizer", *_build_parts(model))
    before = [(v, _bits(v)) for v in model.optimizer.variables]
    with only(world, subject, *parts):
        found = model.evaluate(x, y, verbose=0, return_dict=True)
    require(
        all(_bits(variable) == bits for variable, bits in before),
        "evaluate changed the optimizer",
    )
    require(
        {name: float(value) for name, value in model.get_metrics_result().items()} == found,
        "the metrics do not hold what evaluate found",
    )
    outputs = np.asarray(_forward(model, x))
    added = any(v.regularizer for v in model.variables) or any(
        layer.activity_regularizer for layer in model._flatten_layers()
    )
    if model.loss == "mse" and not added:
        np.testing.assert_allclose(found["loss"], np.mean((outputs - y) ** 2), rtol=1e-4, atol=1e-6)
    if "mae" in found:
        np.testing.assert_allclose(found["mae"], np.mean(abs(outputs - y)), rtol=1e-4, atol=1e-6)


def _twin(subject: Subject) -> Any:
    """A model of its own with the same weights, compiled alike, its optimizer as far."""
    model = subject.model
    twin = type(model).from_config(model.get_config())
    if not twin.built:
        twin.build((None, 4))
    twin.set_weights(model.get_weights())
    for ours, theirs in zip(model._flatten_layers(), twin._flatten_layers(), strict=True):
        theirs._trainable = ours._trainable
    twin.compile_from_config(model.get_compile_config())
    if model.optimizer.built:
        if not twin.optimizer.built:
            twin.optimizer.build(twin.trainable_variables)
        twin.optimizer.set_weights([v.numpy() for v in model.optimizer.variables])
    return twin


def _changed_since_compile(model: Any) -> bool:
    then = model._trained
    if then is None or (_has_other_layers(model) and not model.optimizer.built):
        return False
    return {id(v) for v in then} != {id(v) for v in model.trainable_variables}


def _has_other_layers(model: Any) -> bool:
    """Whether layers came or went since `compile`."""
    return {id(v) for v in model.variables} != {id(v) for v in model._variables_then}


def _may_train(world: World, subject: Subject) -> bool:
    model = subject.model
    if not model.compiled or not model.layers:
        return False
    if model.built and model.optimizer.built and _has_other_layers(model):
        x, y = _data(model)
        _refused(world, subject, lambda: model.fit(x, y, verbose=0), ValueError)
        return False
    return True


@contextlib.contextmanager
def _warned(model: Any) -> Iterator[None]:
    """Require the warning about `trainable` exactly where it was changed after compile."""
    expected = _changed_since_compile(model)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    said = [str(w.message) for w in caught]
    if expected:
        require(any("compile" in words for words in said), f"no warning: {said}")
    else:
        require(not said, f"warned: {said}")


def _train(world: World, subject: Subject, rng: random.Random, train: Callable, steps: int) -> None:
    """Train, and hold what came out against a twin's training, and against what is frozen."""
    model = subject.model
    changed = _changed_since_compile(model)
    number = rng.randrange(1000)
    twin = None
    if model.built and not changed and rng.random() < 0.5:
        twin = _twin(subject)
    parts = _build_parts(model)
    with only(world, subject, *TRAINING, "compiled", *parts), _warned(model):
        utils.set_random_seed(number)
        before = {id(v): (v, _bits(v)) for v in model.variables}
        train(model)
    trained = {id(v) for v in model._trained}
    moving = {
        id(v)
        for layer in model._flatten_layers()
        if isinstance(layer, BatchNormalization)
        for v in layer.non_trainable_variables
        if layer.trainable
    }
    for variable, bits in before.values():
        if id(variable) not in trained and id(variable) not in moving:
            require(_bits(variable) == bits, f"frozen {variable.path} changed")
    if trained:
        subject.steps += steps
        if before and not changed:
            kept = [v for v, bits in before.values() if id(v) in trained and _bits(v) == bits]
            require(len(kept) < len(trained), "nothing was trained")
    if twin is not None:
        utils.set_random_seed(number)
        shared = dict(program._shared)
        if rng.random() < 0.3:
            program._shared.clear()
        train(twin)
        program._shared.update(shared)
        for ours, theirs in zip(model.weights, twin.weights, strict=True):
            require(_bits(ours) == _bits(theirs), f"{ours.path}: a twin has other bits")
        slots = model.optimizer.variables, twin.optimizer.variables
        for ours, theirs in zip(*slots, strict=True):
            require(_bits(ours) == _bits(theirs), f"{ours.path}: a twin has other bits")


@call
def fit(world: World, subject: Subject, rng: random.Random) -> Any:
    if not _may_train(world, subject):
        return False
    x, y = _data(subject.model)
    epochs, form = rng.choice([1, 2]), rng.choice(["arrays", "dataset", "list", "validation"])
    shuffle = rng.random() < 0.5

    def train(model: Any) -> None:
        settings: dict[str, Any] = {"epochs": epochs, "verbose": 0, "shuffle": shuffle}
        if form == "dataset":
            history = model.fit(Batches(x, y), **settings)
        elif form == "list":
            history = model.fit([(x[:4], y[:4]), (x[4:], y[4:])], **settings)
        elif form == "validation":
            history = model.fit(x, y, 4, validation_data=(x, y), **settings)
        else:
            history = model.fit(x, y, 4, **settings)
        require(history is model.history, "fit returns another history")
        require(len(history.history["loss"]) == epochs, "history has another length")
        require(("val_loss" in history.history) == (form == "validation"), "val_loss")

    _train(world, subject, rng, train, 2 * epochs)


@call
def train_on_batch(world: World, subject: Subject, rng: random.Random) -> Any:
    if not _may_train(world, subject):
        return False
    x, y = _data(subject.model)
    _train(world, subject, rng, lambda model: model.train_on_batch(x[:4], y[:4]), 1)


@call
def broken_fit(world: World, subject: Subject, rng: random.Random) -> Any:
    """Something raises in the middle: what was trained is kept, and all of it fits together."""
    if not _may_train(world, subject):
        return False
    x, y = _data(subject.model)
    how = rng.choice(["callback", "interrupt", "batch", "data", "late data"])

    def bad_data() -> Iterator[tuple]:
        yield x[:4], y[:4]
        if how == "late data":
            yield x[4:], y[4:]
        raise Planned("planned")

    def train(model: Any) -> None:
        kinds = {"callback": Breaks(Planned), "interrupt": Breaks(KeyboardInterrupt)}
        try:
            if how in kinds:
                model.fit(x, y, 4, verbose=0, callbacks=[kinds[how]], shuffle=False)
            elif how == "batch":
                model.fit(x, y, 4, verbose=0, callbacks=[BreaksAtBatch()], shuffle=False)
            else:
                model.fit(bad_data(), verbose=0)
        except (Planned, KeyboardInterrupt):
            pass
        except BaseException as error:
            raise AssertionError(f"another error comes out: {error!r}") from error
        else:
            raise AssertionError("the error did not come out")

    model = subject.model
    before = subject.steps
    with contextlib.suppress(AttributeError):
        before = int(model.optimizer.iterations)
    if "data" in how:
        # The data may break before the first step: then everything is as it was.
        parts = (*TRAINING, "compiled", *_build_parts(model))
        with only(world, subject, *parts), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            train(model)
        taken = int(model.optimizer.iterations) - before
        require(0 <= taken <= 2, f"{taken} steps of 2")
        subject.steps += taken
        return
    _train(world, subject, rng, train, 2)


def _refused(world: World, subject: Subject, act: Callable, kinds: Any = REFUSALS) -> None:
    """Require an error in words, after which all is as it was."""
    with only(world, subject):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                act()
        except kinds as error:
            require(len(str(error)) > 10, f"an error without words: {error!r}")
            require("jax" not in str(error).lower() or "gyeol" in str(error), f"jax: {error}")
            return
    raise AssertionError("the call was not refused")


@call
def bad_fit(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.layers:
        return _refused(world, subject, lambda: model.fit(X, X, verbose=0))
    x, y = _data(model)
    nan = x.copy()
    nan[2, 1] = np.nan
    ways = {
        "lengths": lambda: model.fit(x, y[:5], verbose=0),
        "nan": lambda: model.fit(nan, y, verbose=0),
        "width": lambda: (
            model.fit(x[:, :3], y, verbose=0)
            if model.built
            else model.fit(x[:, 0, None, None, None], y[:3], verbose=0)
        ),
        "targets": lambda: model.fit(x, np.ones((8, 7), "float32"), verbose=0),
        "empty": lambda: model.fit(x[:0], y[:0], verbose=0),
        "epochs": lambda: model.fit(x, y, epochs=-1, verbose=0),
        "words": lambda: model.fit(x, np.array(["a"] * 8), verbose=0),
        "callback": lambda: model.fit(x, y, verbose=0, callbacks=[3]),
        "monitor": lambda: model.fit(
            x, y, verbose=0, callbacks=[callbacks.EarlyStopping(monitor="no")]
        ),
        "validation": lambda: model.fit(x, y, validation_data=(x, y[:3]), verbose=0),
        "batch": lambda: model.train_on_batch(x, y[:5]),
        "evaluate": lambda: model.evaluate(x, y[:5], verbose=0),
        "generator": lambda: model.fit(iter(()), verbose=0),
        "second batch": lambda: model.fit([(x[:4], y[:4, :0])], verbose=0),
    }
    _refused(world, subject, ways[rng.choice(sorted(ways))])


@call
def bad_compile(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    ways = [
        lambda: model.compile("adamm", "mse"),
        lambda: model.compile("adam", "msee"),
        lambda: model.compile("adam", "mse", metrics=["maee"]),
        lambda: model.compile("adam", "mse", ["mae"]),
        lambda: model.compile(3, "mse"),
    ]
    _refused(world, subject, rng.choice(ways))


@call
def bad_predict(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.built or not model.layers:
        return False
    ways = [
        lambda: model.predict(X[0], verbose=0),
        lambda: model.predict(X[:, :3], verbose=0),
        lambda: model(X[:, :3]),
        lambda: model.predict(X[:0], verbose=0),
        lambda: model.predict(X, batch_size=0, verbose=0),
        lambda: model.predict(np.array([["a"] * 4]), verbose=0),
        lambda: model.predict_on_batch(X[:, :3]),
    ]
    _refused(world, subject, rng.choice(ways))


@call
def bad_weights(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    weights = model.get_weights()
    if not weights:
        return _refused(world, subject, lambda: model.set_weights([X]))
    changed = [w + 1 for w in weights]
    words = [*changed[:-1], np.full(weights[-1].shape, "a")]
    ways = [
        lambda: model.set_weights(changed[:-1]),
        lambda: model.set_weights([*changed, X]),
        lambda: model.set_weights([*changed[:-1], np.ones((9, 9, 9))]),
        lambda: model.set_weights(words),
        lambda: model.load_weights(world.path(".weights.h5")),
        lambda: model.set_weights([*changed[:-1], None]),
    ]
    _refused(world, subject, rng.choice(ways))


@call
def bad_save(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    ways = [
        lambda: model.save(os.path.join(world.folder, "no", "such.keras")),
        lambda: model.save(world.path(".txt")),
        lambda: model.save_weights(world.path(".txt")),
        lambda: model.get_layer("no such"),
        lambda: model.get_layer(),
        lambda: models.load_model(world.path(".keras")),
    ]
    if not model.built:
        ways += [
            lambda: model.save(world.path(".keras")),
            lambda: model.save_weights(world.path(".weights.h5")),
            lambda: model.count_params(),
        ] * 2
    if not model.compiled:
        x, y = X, X
        ways += [
            lambda: model.fit(x, y, verbose=0),
            lambda: model.evaluate(x, y, verbose=0),
            lambda: model.train_on_batch(x, y),
        ] * 2
    _refused(world, subject, rng.choice(ways))


@call
def set_weights(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    new = np.random.default_rng(rng.randrange(99))
    given = [abs(new.normal(size=w.shape)).astype("float32") / 2 for w in model.get_weights()]
    with only(world, subject, "weights"):
        model.set_weights(given)
    for got, wanted in zip(model.get_weights(), given, strict=True):
        np.testing.assert_array_equal(got, wanted)
        require(not np.shares_memory(got, wanted), "set_weights keeps the array")
    if given:
        model.get_weights()[0][...] = 77
        np.testing.assert_array_equal(model.get_weights()[0], given[0])


@call
def freeze(world: World, subject: Subject, rng: random.Random) -> Any:
    whose = rng.choice(subject.model._flatten_layers())
    flag = rng.random() < 0.5
    # Who shares the layer sees the change.
    before = {id(s): [_bits(v) for v in s.model.variables] for s in world.subjects}
    whose.trainable = flag
    require(all(layer.trainable == flag for layer in whose._flatten_layers()), "trainable is not")
    require(bool(whose.trainable_variables) <= flag, "frozen, and trainable variables")
    for s in world.subjects:
        require([_bits(v) for v in s.model.variables] == before[id(s)], "freezing changed a weight")


@call
def thaw(world: World, subject: Subject, rng: random.Random) -> Any:
    subject.model.trainable = True


def _holders(world: World, model: Any) -> list[Subject]:
    return [
        s
        for s in world.subjects
        if s.model is not model and any(inner is model for inner in s.model._flatten_layers())
    ]


@call
def add(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not isinstance(model, models.Sequential) or _holders(world, model):
        return False
    layer = rng.choice([lambda: Dense(2), lambda: Dense(3), lambda: BatchNormalization()])()
    if any(layer.name == other.name for other in model.layers):  # since clear_session
        return _refused(world, subject, lambda: model.add(layer))
    before = [(v, _bits(v)) for v in model.variables]
    with only(world, subject, "layers", "config", "flags", "built"):
        model.add(layer)
    require(model.layers[-1] is layer, "the layer is not the last")
    for variable, bits in before:
        require(_bits(variable) == bits, "add changed a weight")
    require([id(v) for v in model.variables][: len(before)] != [] or not before, "add lost weights")


@call
def pop(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not isinstance(model, models.Sequential) or _holders(world, model):
        return False
    if not model.layers:
        return _refused(world, subject, model.pop)
    last = model.layers[-1]
    with only(world, subject, "layers", "config", "flags", "built"):
        require(model.pop() is last, "pop gives another layer")
    require(all(layer is not last for layer in model.layers), "the layer is still there")


@call
def bad_add(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not isinstance(model, models.Sequential):
        return False
    ways = [
        lambda: model.add(3),
        lambda: model.add(Dense),
        lambda: model.add(model),
    ]
    if model.layers:
        ways += [
            lambda: model.add(Dense(2, name=model.layers[0].name)),
            lambda: model.add(Input((3,))),
            lambda: model.add(model.layers[0]),
        ]
    if model.built and model.layers:
        ways.append(lambda: model.add(layers.Conv2D(2, 3)))
    _refused(world, subject, rng.choice(ways))


@call
def replace_layer(world: World, subject: Subject, rng: random.Random) -> Any:
    """A subclass's layer gives place to another; compiled programs must not outlive it."""
    model = subject.model
    if not isinstance(model, TwoLayers) or not model.built or _holders(world, model):
        return False
    old = model.first
    model.activation = rng.choice([None, "relu"])
    model.first = Dense(3, activation=model.activation, name=old.name)
    model.first.build((None, 4))
    model.first.set_weights(old.get_weights())
    if model.compiled:
        same = type(model.optimizer).from_config(model.optimizer.get_config())
        model.compile(same, "mse")
        subject.steps = 0
    del old
    got = model.predict(X, verbose=0)
    np.testing.assert_allclose(got, np.asarray(_forward(model, X)), rtol=2e-5, atol=2e-5)


@call
def settings_of_a_layer(world: World, subject: Subject, rng: random.Random) -> Any:
    """What is set anew on a layer holds at once, for programs that were compiled before too."""
    parts = subject.model._flatten_layers()
    dense = [x for x in parts if isinstance(x, Dense)]
    if not dense or any(isinstance(x, TwoLayers) for x in parts):
        return False  # the config of a class of one's own says nothing of the layers within
    layer = rng.choice(dense)
    if rng.random() < 0.7:
        layer.activation = gyeol.activations.get(rng.choice([None, "relu"]))
    else:
        layer.dtype_policy = rng.choice(["float32", "mixed_bfloat16"])
        got = _predicted(subject.model)
        layer.dtype_policy = "float32"
        if got is not None:
            require(got.dtype == np.float32 or layer is dense[-1], "another dtype")
    got = _predicted(subject.model)
    if got is not None:
        np.testing.assert_allclose(
            got, np.asarray(_forward(subject.model, X)), rtol=2e-5, atol=2e-5
        )


def _predicted(model: Any) -> Any:
    return model.predict(X, verbose=0) if model.built else None


@call
def nest(world: World, subject: Subject, rng: random.Random) -> Any:
    """The model becomes a layer of another."""
    model = subject.model
    if not model.built or not model.layers or len(model._flatten_layers()) > 12:
        return False
    with only(world):
        if rng.random() < 0.5:
            outer: Any = models.Sequential([Input((4,)), model, Dense(2, name=world.name())])
        else:
            outer = models.Sequential([model])
            outer.add(Dense(2, name=world.name()))
    if len(world.subjects) > 3:
        world.subjects.remove(next(s for s in world.subjects if s is not subject))
    world.subjects.append(Subject(outer))


@call
def share(world: World, subject: Subject, rng: random.Random) -> Any:
    """Another model takes some of the layers."""
    model = subject.model
    if not isinstance(model, models.Sequential) or not model.built or not model.layers:
        return False
    with only(world):
        last = Dense(2, name=world.name())
        other = models.Sequential([Input((4,)), *model.layers[: rng.choice([1, 2])], last])
    if len(world.subjects) > 3:
        world.subjects.remove(next(s for s in world.subjects if s is not subject))
    world.subjects.append(Subject(other))


def _same(subject: Subject, other: Any, compiled: bool, weights: bool = True) -> Subject:
    """Require that another model is the same, and no part of it this one's."""
    model = subject.model
    ours = {id(layer) for layer in model._flatten_layers()} | {id(v) for v in model.variables}
    theirs = {id(layer) for layer in other._flatten_layers()} | {id(v) for v in other.variables}
    require(not ours & theirs, "the other model shares parts")
    require(other.name == model.name, "the name is another")
    require([v.shape for v in other.weights] == [v.shape for v in model.weights], "shapes differ")
    parts = model._flatten_layers()
    inputs = {x.name for x in parts if isinstance(x, layers.InputLayer)}
    if not any(isinstance(x, TwoLayers) for x in parts):
        # The config of a class of one's own says nothing of the layers within.
        inner = [[x for x in m._flatten_layers() if x.name not in inputs] for m in (model, other)]
        flags = [[x.trainable for x in its] for its in inner]
        require(flags[0] == flags[1], f"trainable differs: {flags}")
        trained = [_places_of(m.trainable_variables, m) for m in (model, other)]
        require(trained[0] == trained[1], f"other variables are trainable: {trained}")
    require(other.compiled == (compiled and model.compiled), "compiled or not")
    if weights:
        for mine, its in zip(model.weights, other.weights, strict=True):
            require(_bits(mine) == _bits(its), f"{mine.path} has other bits")
        require(
            model.predict(X, verbose=0).tobytes() == other.predict(X, verbose=0).tobytes(),
            "predictions have other bits",
        )
    return Subject(other, subject.steps if compiled else 0)


def _places_of(variables: list[Variable], model: Any) -> list[int]:
    ids = {id(v) for v in variables}
    return [i for i, v in enumerate(model.variables) if id(v) in ids]


def _optimizer_too(subject: Subject, other: Any) -> None:
    model = subject.model
    if not model.compiled or _changed_since_compile(model) or _has_other_layers(model):
        return
    mine, its = model.optimizer, other.optimizer
    require(type(mine) is type(its), "another optimizer")
    if mine.built:
        for ours, theirs in zip(mine.variables, its.variables, strict=True):
            require(_bits(ours) == _bits(theirs), f"{ours.path} has other bits")


def _can_be_saved(model: Any) -> bool:
    return model.built and bool(model.layers)


@call
def save_and_load(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not _can_be_saved(model):
        return False
    endings = [".keras", ".keras", ""] if isinstance(model, TwoLayers) else [".keras", "", ".h5"]
    path = world.path(rng.choice(endings))
    with only(world), warnings.catch_warnings():
        if _changed_since_compile(model) or (model.compiled and _has_other_layers(model)):
            warnings.simplefilter("ignore")  # the optimizer is for other variables: it begins anew
        model.save(path)
        other = models.load_model(path)
    found = _same(subject, other, compiled=True)
    _optimizer_too(subject, other)
    found.steps = int(other.optimizer.iterations) if other.compiled else 0
    if rng.random() < 0.5:
        world.subjects[world.subjects.index(subject)] = found


@call
def weights_file(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not _can_be_saved(model) or not model.weights:
        return False
    path = world.path(".weights.h5")
    with only(world):
        model.save_weights(path)
    kept = [_bits(v) for v in model.weights]
    slots = model.optimizer and [_bits(v) for v in model.optimizer.variables]
    with only(world, subject, "weights"):
        model.set_weights([w + 1 for w in model.get_weights()])
    with only(world, subject, "weights"):
        model.load_weights(path)
    require([_bits(v) for v in model.weights] == kept, "load_weights gives other bits")
    require(
        not slots or [_bits(v) for v in model.optimizer.variables] == slots,
        "load_weights gives the optimizer other bits",
    )


@call
def copies(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not _can_be_saved(model):
        return False
    way = rng.choice(["copy", "deepcopy", "pickle"])
    with only(world):
        if way == "pickle":
            other = pickle.loads(pickle.dumps(model))
        else:
            other = getattr(copy, way)(model)
    found = _same(subject, other, compiled=True)
    _optimizer_too(subject, other)
    found.steps = int(other.optimizer.iterations) if other.compiled else 0
    if rng.random() < 0.7:
        world.subjects[world.subjects.index(subject)] = found


@call
def copy_of_a_layer(world: World, subject: Subject, rng: random.Random) -> Any:
    layer = rng.choice(subject.model._flatten_layers())
    with only(world):
        other = rng.choice([copy.copy, copy.deepcopy])(layer)
    require(type(other) is type(layer) and other.name == layer.name, "another layer")
    require(other.built == layer.built, "built or not")
    require([_bits(v) for v in other.variables] == [_bits(v) for v in layer.variables], "bits")
    require(not {id(v) for v in other.variables} & {id(v) for v in layer.variables}, "shared")


@call
def test_on_batch(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.compiled or not model.layers:
        return False
    x, y = _data(model)
    parts = ("metrics", "objective", "compiled", "optimizer", *_build_parts(model))
    with only(world, subject, *parts):
        one = model.test_on_batch(x, y, return_dict=True)
        other = model.evaluate(x, y, verbose=0, return_dict=True)
    np.testing.assert_allclose(list(one.values()), list(other.values()), rtol=1e-5, atol=1e-6)


@call
def from_config(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not _can_be_saved(model):
        return False
    way = rng.choice(["config", "json", "clone"])
    with only(world):
        if way == "config":
            other = type(model).from_config(model.get_config())
        elif way == "json":
            other = models.model_from_json(model.to_json())
        else:
            other = models.clone_model(model)
        if not other.built:
            other.build((None, 4))
    found = _same(subject, other, compiled=way != "config", weights=False)
    found.steps = 0
    other.set_weights(model.get_weights())
    require(
        model.predict(X, verbose=0).tobytes() == other.predict(X, verbose=0).tobytes(),
        "predictions have other bits",
    )
    if rng.random() < 0.3:
        world.subjects[world.subjects.index(subject)] = found


@call
def look(world: World, subject: Subject, rng: random.Random) -> Any:
    model = subject.model
    if not model.layers:
        return False
    with only(world):
        model.summary(print_fn=lambda text: None)
        repr(model)
        model.metrics_names, model.metrics, model.losses, model.get_metrics_result()
        if model.built:
            model.get_config(), model.to_json(), model.get_build_config()
        for layer in model.layers:
            require(model.get_layer(layer.name) is layer, "get_layer gives another layer")
            layer.get_config()


@call
def reset_metrics(world: World, subject: Subject, rng: random.Random) -> Any:
    with only(world, subject, "metrics"):
        subject.model.reset_metrics()


@call
def learning_rate(world: World, subject: Subject, rng: random.Random) -> Any:
    if not subject.model.compiled:
        return False
    if callable(getattr(subject.model.optimizer, "_learning_rate", None)):

        def set_rate() -> None:
            subject.model.optimizer.learning_rate = 0.02

        return _refused(world, subject, set_rate, TypeError)
    with only(world, subject, "optimizer"):
        subject.model.optimizer.learning_rate = 0.02
    require(abs(float(subject.model.optimizer.learning_rate) - 0.02) < 1e-6, "the rate is another")


@call
def policy(world: World, subject: Subject, rng: random.Random) -> Any:
    """A model made under another policy keeps it, and the others keep theirs."""
    before = gyeol.config.dtype_policy()
    gyeol.config.set_dtype_policy("mixed_bfloat16")
    try:
        with only(world):
            model = models.Sequential([Input((4,)), Dense(3), Dense(2, dtype="float32")])
        model.compile("sgd", "mse")
    finally:
        gyeol.config.set_dtype_policy(before)
    with only(world):
        model.fit(X, _data(model)[1], verbose=0)
        got = model.predict(X, verbose=0)
    require(got.dtype == np.float32, "the output is not float32")
    require(model.layers[0].compute_dtype == "bfloat16", "the policy is lost")
    require({v.dtype for v in model.variables} == {"float32"}, "the weights are not float32")
    np.testing.assert_allclose(got, np.asarray(model(X)), rtol=0.02, atol=0.02)


@call
def clear_session(world: World, subject: Subject, rng: random.Random) -> Any:
    with only(world):
        gyeol.backend.clear_session()


@call
def random_seed(world: World, subject: Subject, rng: random.Random) -> Any:
    with only(world):
        utils.set_random_seed(3)


# Sequences ---------------------------------------------------------------------------------

Steps = list[tuple[str, int]]
NAMES = sorted(CALLS) + ["fit", "compile_", "predict", "train_on_batch", "compile_", "copies"]


def execute(steps: Steps) -> Iterator[str]:
    """Make the calls of a sequence, one at a time.

    Args:
        steps: a name from `CALLS` and a seed of its choices, each.

    Yields:
        The name of each call that was made and found good.

    Raises:
        AssertionError: something does not hold.
    """
    gyeol.backend.clear_session()
    utils.set_random_seed(0)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        world = World(folder)
        make(world, None, random.Random(steps[0][1]))
        for name, number in steps:
            rng = random.Random(number)
            subject = rng.choice(world.subjects)
            if CALLS[name](world, subject, rng) is not False:
                check(world)
                yield name


def _failure(steps: Steps) -> str | None:
    """What goes wrong in a sequence; None if nothing does."""
    try:
        list(execute(steps))
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if f.filename == __file__]
        where = next((f.name for f in ours if f.name in CALLS), "check")
        # The folder's name differs each time, and the finding is the same.
        message = re.sub(r"'[^']*[/\\][^']*'", "a file", " ".join(str(error).split()))[:300]
        return f"{where}: {type(error).__name__}: {message}"
    return None


def shrunk(steps: Steps) -> tuple[Steps, str | None]:
    """The shortest part of a failing sequence that was found to fail, and how."""
    words = _failure(steps)
    place = len(steps) - 1
    while place >= 0 and len(steps) > 1:
        fewer = steps[:place] + steps[place + 1 :]
        found = _failure(fewer)
        if found is not None:
            steps, words = fewer, found
        place -= 1
    return steps, words


def sequences() -> Any:
    """The strategy that gives sequences."""
    step = st.tuples(st.sampled_from(NAMES), st.integers(0, 2**16))
    return st.lists(step, min_size=10, max_size=30)


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Make sequences of calls.

    Args:
        count: how many.
        seed: what they follow from.

    Returns:
        "sequences", "calls", and "findings": what went wrong, with the calls that repeat it.
    """
    figures: dict[str, Any] = {"sequences": 0, "calls": 0, "findings": []}
    failing: dict[str, Steps] = {}

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(sequences())
    def each(steps: Steps) -> None:
        figures["sequences"] += 1
        try:
            for _ in execute(steps):
                figures["calls"] += 1
        except Exception:
            failing.setdefault(str(_failure(steps)), steps)
        if figures["sequences"] % 100 == 0:
            print(f"{figures['sequences']} sequences, {figures['calls']} calls", flush=True)

    _seeded(seed)(each)()
    for steps in failing.values():
        fewest, words = shrunk(steps)
        figures["findings"].append(f"{words}; list(execute({fewest}))")
    return figures


_seeded = seed
