"""Where trials of a training are run: rows to train on, rows to measure on, steps, beginnings."""

import inspect
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from gyeol import random
from gyeol.doctor.facts import collect, graph_in
from gyeol.doctor.measure import Coding, Measure, measure_of
from gyeol.doctor.rebuilt import beginnings, built_anew, was_taught
from gyeol.doctor.remedies import Trial
from gyeol.doctor.watching import WatchedFit
from gyeol.models.graph import graph_of
from gyeol.training.feed import as_arrays
from gyeol.training.stored import looked_at

# A trial trains for so long in all.
_SECONDS = 3.0
# Each is trained from two beginnings where there is the time.
_SEEDS = 2
# Held out are a fifth of the rows, at least and at most so many.
_LEAST, _MOST = 10, 2000
# Of more rows than these some are taken.
_ROWS = 20_000
# With so many different rows and more, those that are alike are held out together.
_DIFFERENT = 50
# Making and training a model of more parameters takes longer than a person waits.
_MOST_PARAMETERS = 20_000_000


class Bench:
    """Trains one model after the other on the same rows, and scores each on the same others.

    Args:
        fit: the training to try changes of.
        takes_all: whether of too few rows to hold some out all are trained on and measured on, as
            of a table of truth.
        traces: whether a model in code is tried by the graph that its code makes, so that layers
            can be changed.

    Attributes:
        trial: the program as it stands.
        measure: the name of what is measured.
        share: of the steps that the program takes, how many there is time for.
        has_graph: whether it can be made anew with other layers; of one in code nobody can tell.
        holds_out: whether it is measured on rows that it is not trained on.
        settings: the optimizer's config.

    Raises:
        ValueError: it cannot be tried: too few rows, outputs without targets, too large a model.
    """

    def __init__(self, fit: WatchedFit, takes_all: bool = False, traces: bool = False):
        self._fit, self._model, self._begun = fit, fit.model, fit.weights
        objective = self._objective = fit.objective
        self._x, self._y = _arrays(fit.x, "x"), _arrays(fit.y, "y")
        if traces and graph_of(fit.model) is None and fit.is_free:
            self._model, self._begun = _traced(fit.model, self._x, fit.weights)
        self.has_graph = graph_of(self._model) is not None
        self._targets = objective.split(self._y, objective.names, len(objective.names))
        if fit.settings is None:
            raise ValueError("no optimizer that can be made again")
        self.settings = fit.settings
        with fit.as_compiled():
            facts = collect(fit.model, self._x, self._y)
        if fit.facts is not None:  # it is known of a training that is over
            rates = {"highest_rate": fit.facts.highest_rate, "decayed": fit.facts.decayed}
            facts = replace(facts, **rates)
        if "learning_rate" in fit.settings:  # what callbacks made of it is another
            rate = fit.settings["learning_rate"]
            facts = replace(facts, learning_rate=rate if isinstance(rate, float) else None)
        if not facts.outputs or any(output.target is None for output in facts.outputs):
            raise ValueError("no targets")
        if self._model.count_params() > _MOST_PARAMETERS:
            raise ValueError("too large")
        self._measures = [
            measure_of(output, target, fit.findings)
            for output, target in zip(facts.outputs, self._targets)
        ]
        self.measure = self._measures[0].name if len(self._measures) == 1 else "mean"
        self._kept, self._held = _split(self._x, self._measures[0], self._targets[0])
        self.holds_out = min(len(self._kept), len(self._held)) >= _LEAST
        if not self.holds_out:
            if not takes_all:
                raise ValueError("too few rows")
            self._kept = self._held = np.arange(len(self._targets[0]))
            if [(o.units, o.target.kind) for o in facts.outputs] == [(1, "binary")]:
                # Of few rows some lie on the right side of 0.5 by chance.
                self._measures = [Measure("real", "R^2")]
                self.measure = "R^2"
        self._wanted, best = self._steps()
        self._seeds = self._most = 0
        self.trial = Trial(facts, self._wanted, best)

    @property
    def share(self) -> float:
        return min(1.0, self._most / self._wanted)

    def scores(self, trial: Trial) -> np.ndarray:
        """The scores of the rows held out, (seeds, rows)."""
        codings = self._codings(trial)
        x = _scaled(self._x, self._kept, trial.inputs)
        held = _rows(x, self._held)
        return np.stack([self._score(m, held, codings) for m in self._trained(trial, x, codings)])

    def frozen(self) -> str | None:
        """The name of a layer that is frozen with weights that were just drawn; None without one.

        Those that a program took from another training are meant to stay.
        """
        made = built_anew(self._model, {}, self._x)
        self._fit.freeze(made)
        if len(made.weights) != len(self._begun):
            return None
        taught = was_taught(made, [v.numpy() for v in made.weights], self._begun)
        drawn = {id(v) for v, is_taught in zip(made.weights, taught) if not is_taught}
        for layer in made._flatten_layers():
            is_frozen = layer.weights and not layer._children() and not layer.trainable_weights
            if is_frozen and all(id(v) in drawn for v in layer.weights):
                return layer.name
        return None

    def losses(self) -> tuple[float, float] | None:
        """The loss of the rows kept, and of those held out; None if there is no time.

        Both are of the program as it stands, trained on the rows kept.
        """
        model = next(self._trained(self.trial, self._x, self._codings(self.trial)))
        if self.share < 1:
            return None

        def loss(rows: Any) -> float:
            x, y = _rows(self._x, rows), _rows(self._y, rows)
            return float(jax.tree.leaves(model.evaluate(x, y, batch_size=256, verbose=0))[0])

        return loss(self._kept), loss(self._held)

    def _trained(self, trial: Trial, x: Any, codings: Sequence[Coding]) -> Iterator[Any]:
        """The model of a trial, trained on the rows that are kept, from each beginning in turn."""
        models = []
        for seed in range(_SEEDS):
            random.set_seed(seed)
            models.append(built_anew(self._model, trial.layers, self._x))
            self._fit.freeze(models[-1])
            if trial.thaws:
                models[-1].trainable = True
        model, starts = models[0], beginnings(models, trial.layers, self._begun)
        self._compile(model, trial)
        options = self._options(trial, x, codings)
        slots = [variable.numpy() for variable in model.optimizer.variables]
        if not self._most:
            self._time(model, options)
        for seed, start in enumerate(starts[: self._seeds]):
            random.set_seed(seed)
            model.set_weights(start)
            model.optimizer.set_weights(slots)
            model.fit(**options, steps_per_epoch=min(trial.updates, self._most))
            yield model

    def _steps(self) -> tuple[int, int | None]:
        """How many steps the program takes, and after how many it was best, if that is known."""
        options, history = self._fit.options, self._fit.history
        epochs = len(history.get("loss", ())) or int(options.get("epochs", 1))
        steps = options.get("steps_per_epoch") or math.ceil(len(self._kept) / self._batch_size)
        wanted = max(1, epochs * int(steps))
        if self._fit.is_stream and self._fit.facts is not None:
            wanted = max(1, self._fit.facts.updates)  # these rows are not all
        held = np.nan_to_num(np.asarray(history.get("val_loss", ()), float), nan=np.inf)
        best = (int(held.argmin()) + 1) * wanted // len(held) if held.size else None
        return wanted, best

    @property
    def _batch_size(self) -> int:
        seen = self._fit.facts.batch_size if self._fit.facts is not None else 0
        return min(self._fit.options.get("batch_size") or seen or 32, len(self._kept))

    def _compile(self, model: Any, trial: Trial) -> None:
        optimizer, objective = self._fit.optimizer, self._objective
        if trial.optimizer and hasattr(optimizer, "inner_optimizer"):
            raise ValueError("a wrapped optimizer")
        loss = objective.loss
        if trial.losses:
            losses = [trial.losses.get(n, one) for n, one in enumerate(objective.losses)]
            loss = losses[0] if len(losses) == 1 else dict(zip(objective.names, losses))
        settings = {**self._fit.settings, **trial.optimizer}
        model.compile(type(optimizer).from_config(settings), loss, objective.loss_weights)
        model.optimizer.build(model.trainable_variables)

    def _codings(self, trial: Trial) -> list[Coding]:
        return [
            measure.coding(target[self._kept], trial.targets.get(n), _is_logits(trial, n))
            for n, (measure, target) in enumerate(zip(self._measures, self._targets))
        ]

    def _options(self, trial: Trial, x: Any, codings: Sequence[Coding]) -> dict[str, Any]:
        given = self._fit.options
        y = _in_place(self._y, self._objective.names, [c.write for c in codings])
        weights = given.get("class_weight")
        if trial.balances:
            weights = _balance(self._measures[0].truth(self._targets[0][self._kept]))
        return {
            "x": _rows(x, self._kept),
            "y": _rows(y, self._kept),
            "sample_weight": _rows(given.get("sample_weight"), self._kept),
            "class_weight": weights,
            "batch_size": self._batch_size,
            "shuffle": given.get("shuffle", True),
            "epochs": 1,
            "verbose": 0,
        }

    def _time(self, model: Any, options: dict[str, Any]) -> None:
        """Settle how many steps a trial takes, and from how many beginnings."""
        for steps in (1, 2, 20):  # with the first one it is compiled
            begun = time.perf_counter()
            model.fit(**options, steps_per_epoch=steps)
            seconds = (time.perf_counter() - begun) / steps
            if steps > 1 and seconds > 0.1:
                break
        within = max(1, int(_SECONDS / seconds))
        self._seeds = max(1, min(_SEEDS, within // self._wanted))
        self._most = max(1, within // self._seeds)

    def _score(self, model: Any, x: Any, codings: Sequence[Coding]) -> np.ndarray:
        outputs = jax.tree.leaves(model.predict(x, batch_size=256, verbose=0))
        parts = [
            measure.score(
                measure.truth(target[self._held]), coding.read(np.asarray(out, np.float64))
            )
            for measure, coding, target, out in zip(self._measures, codings, self._targets, outputs)
        ]
        return parts[0] if len(parts) == 1 else np.clip(parts, -1, 1).mean(axis=0)


def _traced(model: Any, x: Any, begun: list[np.ndarray]) -> tuple[Any, list[np.ndarray]]:
    """The graph that a model in code makes, and its first weights; the model where it makes none.

    Whether it trains its layers are to know from who calls them.
    """
    knows = "training" in inspect.signature(model.call).parameters
    graph = graph_in(model, x, **({"training": None} if knows else {}))
    places = {id(variable): n for n, variable in enumerate(model.weights)}
    if graph is None or {id(variable) for variable in graph.weights} != set(places):
        return model, begun
    if len(begun) != len(places):
        return graph, []
    return graph, [begun[places[id(variable)]] for variable in graph.weights]


def _arrays(given: Any, name: str) -> Any:
    return jax.tree.map(np.asarray, looked_at(as_arrays(given, name)))


def _split(x: Any, measure: Measure, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of rows to train on and of rows to measure on, always the same ones.

    Of each class as many are held out, and rows that stand in the data several times together.
    """
    draw = np.random.default_rng(0)
    order = np.sort(draw.permutation(len(y))[:_ROWS])
    groups = _alike(x, order)
    chance = draw.random(len(order))[groups]
    truth = measure.truth(y[order]).reshape(len(order), -1)
    is_of_one_class = measure.kind == "classes" and truth.shape[1] == 1
    classes = truth[:, 0] if is_of_one_class else np.zeros(len(order))
    share = min(0.2, _MOST / len(order))
    is_held = np.zeros(len(order), bool)
    for one in np.unique(classes):
        inside = classes == one
        is_held |= inside & (chance <= np.quantile(chance[inside], share, method="lower"))
    is_held = np.isin(groups, groups[is_held])
    return order[~is_held], order[is_held]


def _alike(x: Any, order: np.ndarray) -> np.ndarray:
    """A number for each row, which rows that are equal have in common if enough are different."""
    leaves, numbers = jax.tree.leaves(x), {}
    keys = (hash(tuple(leaf[row].tobytes() for leaf in leaves)) for row in order)
    found = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
    return found if len(numbers) >= _DIFFERENT else np.arange(len(found))


def _rows(structure: Any, numbers: np.ndarray) -> Any:
    return jax.tree.map(lambda array: np.asarray(array)[numbers], structure)


def _scaled(x: Any, kept: np.ndarray, forms: Mapping[int, str]) -> Any:
    """Inputs as a trial has them, with the numbers of the rows to train on."""
    leaves, structure = jax.tree.flatten(x)
    for number, form in forms.items():
        values = leaves[number].astype(np.float32)
        if form == "unit":
            leaves[number] = values / 255
            continue
        axes = tuple(range(values.ndim - 1))
        if form == "clipped":
            values = np.clip(values, *np.percentile(values[kept], (1, 99), axis=axes))
        mean, spread = values[kept].mean(axis=axes), values[kept].std(axis=axes)
        leaves[number] = (values - mean) / np.where(spread > 0, spread, 1)
    return jax.tree.unflatten(structure, leaves)


def _in_place(y: Any, names: Sequence[str], functions: Sequence[Any]) -> Any:
    """Targets in the structure that they came in, with a function of each output's applied."""
    if isinstance(y, Mapping):
        return {name: functions[names.index(name)](part) for name, part in y.items()}
    if isinstance(y, (list, tuple)):
        return [function(part) for function, part in zip(functions, y)]
    return functions[0](y)


def _is_logits(trial: Trial, number: int) -> bool:
    output = trial.facts.outputs[number]
    is_changed = number in trial.losses or output.activation in ("sigmoid", "softmax")
    return output.from_logits and not is_changed


def _balance(classes: np.ndarray) -> dict[int, float]:
    found, counts = np.unique(classes, return_counts=True)
    return {int(c): len(classes) / (len(found) * int(n)) for c, n in zip(found, counts)}
