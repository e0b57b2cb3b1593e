"""`Objective`: what `compile` said about losses and metrics, applied to a model's outputs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import losses, metrics
from gyeol.layers.base import raised_below_layers
from gyeol.losses import Loss, LossFunctionWrapper
from gyeol.metrics import Mean, MeanMetricWrapper, Metric
from gyeol.reasons import reason, said_plainly
from gyeol.serialization import is_exported
from gyeol.text import shape_text, tr
from gyeol.variable import Variable

# Names that stand for the metric that fits the shapes of labels and outputs.
_BY_SHAPE = {
    "accuracy": metrics.resolve_accuracy,
    "acc": metrics.resolve_accuracy,
    "crossentropy": losses.resolve_crossentropy,
    "ce": losses.resolve_crossentropy,
}


class Objective:
    """The losses and metrics of a model.

    The arguments are those of `Model.compile`. `build` settles what belongs to which output.
    """

    def __init__(self, loss: Any, loss_weights: Any, metrics_: Any, weighted_metrics: Any):
        self.loss = loss
        self.loss_weights = loss_weights
        self.given_metrics = metrics_
        self.given_weighted_metrics = weighted_metrics
        if any(not isinstance(weight, (int, float)) for weight in _leaves(loss_weights)):
            raise ValueError(
                tr(
                    "compile(loss_weights=...) takes numbers; got {given!r}. "
                    "The third argument of compile is loss_weights: write metrics={given!r}.",
                    given=loss_weights,
                )
            )
        for identifier in _leaves(loss):
            if identifier not in ("crossentropy", "ce"):
                losses.get(identifier)
        for identifier in [*_leaves(metrics_), *_leaves(weighted_metrics)]:
            if not (isinstance(identifier, str) and identifier in _BY_SHAPE):
                metrics.get(identifier)
        # Metrics that the model has as attributes and updates itself.
        self.own_metrics: list[Metric] = []
        self.built_for: Any = None
        self.names: list[str] = []
        self.losses: list[Loss | None] = []
        self._weights: list[float] = []
        self._loss_mean = Mean(name="loss")
        self._output_means: list[Mean | None] = []
        # For each output: (key in the logs, metric, whether sample weights count).
        self._by_output: list[list[tuple[str, Metric, bool]]] = []
        self._log_names: tuple[list[Metric], list[str]] | None = None

    # What belongs to which output -----------------------------------------------------------

    def build(self, names: Sequence[str], targets: Any, outputs: Any) -> None:
        """Settle losses and metrics for outputs of these shapes.

        Args:
            names: the outputs' names.
            targets: the targets, or `jax.ShapeDtypeStruct` of them; None where there are none.
            outputs: the outputs, likewise.

        Raises:
            ValueError: losses or metrics that do not match the outputs.
        """
        outputs = jax.tree.leaves(outputs)
        targets = self.split(targets, names, len(outputs))
        form = [
            (name, t and (t.shape[1:], t.dtype), o.shape[1:])
            for name, t, o in zip(names, targets, outputs)
        ]
        if self.built_for == form:
            return
        self.names = list(names)
        self.losses = [
            None if identifier is None else _as_loss(identifier, target, output)
            for identifier, target, output in zip(
                self._per_output("loss", self.loss, spread=True), targets, outputs
            )
        ]
        weights = self._per_output("loss_weights", self.loss_weights, spread=False)
        self._weights = [1.0 if weight is None else float(weight) for weight in weights]
        several_losses = sum(loss is not None for loss in self.losses) > 1
        self._output_means = [
            Mean(name=f"{name}_loss") if several_losses and loss is not None else None
            for name, loss in zip(names, self.losses)
        ]
        self._by_output = [[] for _ in names]
        for given, weighted in ((self.given_metrics, False), (self.given_weighted_metrics, True)):
            for place, identifiers in enumerate(self._metrics_per_output(given)):
                for identifier in identifiers:
                    metric = self._metric(identifier, targets[place], outputs[place], place)
                    prefix = f"{names[place]}_" if len(names) > 1 else ""
                    key = self._free_key(prefix, metric.name, weighted)
                    if targets[place] is not None:
                        metric.build(targets[place].shape, outputs[place].shape)
                    self._by_output[place].append((key, metric, weighted))
        self.built_for = form

    def _free_key(self, prefix: str, name: str, weighted: bool) -> str:
        """The key in the logs: as Keras makes it different where it is taken."""
        taken = {key for entries in self._by_output for key, _, _ in entries}
        if prefix + name in taken and weighted:
            name = f"weighted_{name}"
        key, number = prefix + name, 0
        while key in taken:
            number += 1
            key = f"{prefix}{name}_{number}"
        return key

    def _per_output(self, what: str, given: Any, spread: bool) -> list[Any]:
        count = len(self.names)
        if isinstance(given, Mapping):
            unknown = [name for name in given if name not in self.names]
            if unknown:
                raise ValueError(
                    tr(
                        "compile({what}=...) names {unknown}; the model's outputs are {names}.",
                        what=what,
                        unknown=unknown,
                        names=self.names,
                    )
                )
            return [given.get(name) for name in self.names]
        if isinstance(given, (list, tuple)):
            if len(given) != count:
                raise ValueError(
                    tr(
                        "compile({what}=...) has {given} entries for {count} outputs.",
                        what=what,
                        given=len(given),
                        count=count,
                    )
                )
            return list(given)
        if given is not None and count > 1 and not spread:
            raise ValueError(f"compile({what}=...) takes a list or a dict with several outputs.")
        return [given] * count

    def _metrics_per_output(self, given: Any) -> list[list[Any]]:
        if given is None:
            return [[] for _ in self.names]
        if isinstance(given, Mapping):
            return [_as_list(entry) for entry in self._per_output("metrics", given, spread=False)]
        given = _as_list(given)
        if len(self.names) == 1:
            return [[m for entry in given for m in _as_list(entry)]]
        return [_as_list(entry) for entry in self._per_output("metrics", given, spread=False)]

    def _metric(self, identifier: Any, target: Any, output: Any, place: int) -> Metric:
        if isinstance(identifier, Metric):
            return identifier
        name = identifier if isinstance(identifier, str) else None
        if name in _BY_SHAPE and target is not None:
            function = _BY_SHAPE[name](target.shape, output.shape)
            return MeanMetricWrapper(function, name=name)
        metric = metrics.get(identifier)
        if isinstance(metric, type):
            metric = metric()
        if not isinstance(metric, Metric):
            function = metric
            metric = MeanMetricWrapper(
                function, name=name or getattr(function, "__name__", type(function).__name__)
            )
        if name is not None:
            metric.name = name
        return metric

    def split(self, structure: Any, names: Sequence[str], count: int) -> list[Any]:
        """Targets or weights as a list with an entry for each output.

        Raises:
            ValueError: they do not match the outputs.
        """
        if structure is None:
            return [None] * count
        if isinstance(structure, Mapping):
            unknown = [name for name in structure if name not in names]
            if unknown or not structure:
                raise ValueError(
                    tr(
                        "The targets are named {given}; the model's outputs are {names}.",
                        given=list(structure),
                        names=list(names),
                    )
                )
            return [structure.get(name) for name in names]
        leaves = list(structure) if isinstance(structure, (list, tuple)) else [structure]
        if len(leaves) != count:
            raise ValueError(
                tr(
                    "The model has {count} outputs; the data has {given} targets.",
                    count=count,
                    given=len(leaves),
                )
            )
        return leaves

    # In the compiled program ----------------------------------------------------------------

    def compute(
        self, targets: Any, outputs: Any, weights: Any, mask: Any, count: Any
    ) -> tuple[jax.Array, list[jax.Array | None]]:
        """The loss of a batch: the weighted sum over the outputs, and each output's part.

        Args:
            targets, outputs, weights: of the batch; weights are sample weights or None.
            mask: for a batch that was filled up, 1 for real rows and 0 for others; else None.
            count: the number of real rows, with `mask`.
        """
        outputs = jax.tree.leaves(outputs)
        targets = self.split(targets, self.names, len(outputs))
        weights = self.weights_per_output(weights)
        total, parts = jnp.zeros((), jnp.float32), []
        for place, loss in enumerate(self.losses):
            if loss is None or targets[place] is None:
                parts.append(None)
                continue
            weight, options = weights[place], {}
            if mask is not None:
                weight = mask if weight is None else weight * _beside(mask, weight)
                options = {"count": count}
            with _named_if_it_fails(tr("The loss"), loss.name, targets[place], outputs[place]):
                part = loss(targets[place], outputs[place], weight, **options)
            if part.ndim:
                part = part.mean()
            parts.append(part)
            total = total + part * self._weights[place]
        return total, parts

    def weights_per_output(self, weights: Any) -> list[Any]:
        """Sample weights as a list with an entry for each output: one array counts for all.

        Raises:
            ValueError: they do not match the outputs.
        """
        given = list(weights) if isinstance(weights, (list, tuple, Mapping)) else []
        fits = len(given) == len(self.names)
        if isinstance(weights, Mapping):
            fits = bool(given) and all(name in self.names for name in given)
        if given and not fits:
            raise ValueError(
                tr(
                    "sample_weight is given for {given}; the model's outputs are {names}.",
                    given=given if isinstance(weights, Mapping) else len(given),
                    names=self.names,
                )
            )
        if given:
            return self.split(weights, self.names, len(self.names))
        return [weights] * len(self.names)

    def update(
        self,
        targets: Any,
        outputs: Any,
        weights: Any,
        mask: Any,
        rows: Any,
        total: jax.Array,
        parts: Sequence[jax.Array | None],
    ) -> None:
        """Take a batch into the metrics."""
        outputs = jax.tree.leaves(outputs)
        targets = self.split(targets, self.names, len(outputs))
        weights = self.weights_per_output(weights)
        self._loss_mean.update_state(total, sample_weight=rows)
        for mean, part in zip(self._output_means, parts):
            if mean is not None and part is not None:
                mean.update_state(part, sample_weight=rows)
        for place, entries in enumerate(self._by_output):
            for key, metric, weighted in entries:
                if targets[place] is None:
                    continue
                weight = weights[place] if weighted else None
                if mask is not None:
                    weight = mask if weight is None else weight * _beside(mask, weight)
                options = {} if weight is None else {"sample_weight": weight}
                with _named_if_it_fails(tr("The metric"), key, targets[place], outputs[place]):
                    metric.update_state(targets[place], outputs[place], **options)

    def results(self) -> dict[str, Any]:
        """What the logs say: the loss first, then the metrics."""
        logs = {"loss": self._loss_mean.result()}
        for mean in self._output_means:
            if mean is not None:
                logs[mean.name] = mean.result()
        for entries in self._by_output:
            for key, metric, _ in entries:
                logs.update(_named(key, metric.result()))
        for metric in self.own_metrics:
            logs.update(_named(metric.name, metric.result()))
        return logs

    def log_names(self) -> list[str]:
        """The names in the logs, in their order."""
        metrics = self.metrics
        if not all(is_exported(type(metric)) for metric in metrics):
            return list(self.results())
        # One key may stand for another set of metrics once these are gone, so they are kept.
        if self._log_names is None or self._log_names[0] != metrics:
            names: list[str] = []
            # Nothing is compiled, nor computed, for the names alone.
            jax.eval_shape(lambda: names.extend(self.results()))
            self._log_names = metrics, names
        return list(self._log_names[1])

    @property
    def metrics(self) -> list[Metric]:
        """The loss's mean and every metric, in the order of the logs."""
        means = [mean for mean in self._output_means if mean is not None]
        rest = [metric for entries in self._by_output for _, metric, _ in entries]
        return [self._loss_mean, *means, *rest, *self.own_metrics]

    def given_objects(self) -> list[Metric]:
        """The metric objects that `compile` was given, settled or not."""
        given = [*_leaves(self.given_metrics), *_leaves(self.given_weighted_metrics)]
        return [metric for metric in given if isinstance(metric, Metric)]

    @property
    def variables(self) -> list[Variable]:
        return [v for metric in self.metrics for v in metric.variables]

    def reset(self) -> None:
        """Begin the metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def is_rowwise(self, targets: Any, outputs: Any) -> bool:
        """Whether a batch may be filled up with rows that do not count."""
        outputs = jax.tree.leaves(outputs)
        targets = self.split(targets, self.names, len(outputs))
        for place, loss in enumerate(self.losses):
            if targets[place] is None:
                continue
            if loss is not None:
                what = tr("The loss"), loss.name, targets[place], outputs[place]
                with said_plainly(), _named_if_it_fails(*what):
                    if not losses.is_rowwise(loss, targets[place], outputs[place]):
                        return False
            for key, metric, _ in self._by_output[place]:
                what = tr("The metric"), key, targets[place], outputs[place]
                with said_plainly(), _named_if_it_fails(*what):
                    if not metrics.is_rowwise(metric, targets[place], outputs[place]):
                        return False
        return True


@contextmanager
def _named_if_it_fails(what: str, name: str, target: Any, output: Any) -> Iterator[None]:
    """Say which loss or metric it is that JAX could not compute."""
    try:
        yield
    except (TypeError, ValueError) as error:
        hint = getattr(error, "hint", None)
        if hint is None and not raised_below_layers(error):
            raise
        raise ValueError(
            tr(
                "{what} {name!r} cannot be computed from targets of shape {target} and outputs "
                "of shape {output}: {reason}. {hint}",
                what=what,
                name=name,
                target=shape_text(target.shape),
                output=shape_text(output.shape),
                reason=reason(error) if hint is None else tr("they must be of one shape"),
                hint=hint or "",
            ).rstrip()
        ) from None


def _as_loss(identifier: Any, target: Any, output: Any) -> Loss:
    if isinstance(identifier, str) and identifier in ("crossentropy", "ce") and target is not None:
        loss = losses.resolve_crossentropy(target.shape, output.shape)
    else:
        loss = losses.get(identifier)
    if isinstance(loss, type):
        loss = loss()
    if isinstance(loss, Loss):
        return loss
    return LossFunctionWrapper(loss, name=getattr(loss, "__name__", type(loss).__name__))


def _named(key: str, result: Any) -> Mapping[str, Any]:
    return result if isinstance(result, Mapping) else {key: result}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [] if value is None else [value]


def _beside(mask: jax.Array, weight: jax.Array) -> jax.Array:
    return mask.reshape(mask.shape + (1,) * (weight.ndim - 1))
