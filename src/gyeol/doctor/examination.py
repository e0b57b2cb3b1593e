"""`examine`: all rules on a model and its data."""

from dataclasses import replace
from typing import Any

import jax

from gyeol.doctor.facts import collect
from gyeol.doctor.finding import Finding, gravest_first
from gyeol.doctor.rules import spoken
from gyeol.doctor.rules.registry import CAUSES
from gyeol.layers.base import unchanged_on_error
from gyeol.text import tr
from gyeol.training import loop, program
from gyeol.training.feed import is_arrays


def examine(model: Any, x: Any, y: Any, validation_data: Any = None) -> list[Finding]:
    """The mistakes that show in a compiled model and its data, before anything is trained.

    Nothing is changed, but that a model without shapes is built for those of `x`.

    Args:
        model: a compiled model.
        x: arrays as for `fit`.
        y: the targets, likewise.
        validation_data: (x, y) of rows that are not trained on.

    Returns:
        The findings, the gravest first; an empty list where there are none. What `fit` would refuse
        is one too, by the rule 'refused', where no rule says it better.

    Raises:
        RuntimeError: the model is not compiled.
        TypeError: data that is no arrays.

    >>> import numpy as np, gyeol
    >>> from gyeol import layers
    >>> model = gyeol.Sequential([gyeol.Input((3,)), layers.Dense(1, activation="softmax")])
    >>> model.compile("adam", "mse")
    >>> x, y = np.random.rand(50, 3), np.random.randint(0, 2, 50)
    >>> [finding.rule for finding in gyeol.doctor.examine(model, x, y)]
    ['softmax_one_unit']
    """
    loop._compiled(model)
    if not is_arrays(x):
        raise TypeError(tr("examine takes arrays; of batches give it a few, put together."))
    try:
        data = loop._arrays(x, y, None)
        sample = jax.tree.map(loop._spec_of_rows(min(32, loop._rows(data))), data)
    except ValueError as error:
        return [_refused(error)]
    refusal = None
    try:
        with unchanged_on_error(model):
            loop._prepare(model, sample, data)
    except ValueError as error:
        refusal = _refused(error)
        try:  # the rules may know the reason
            loop._build(model, sample[0])
            outputs = program.output_specs(model, sample[0])
            names = loop._output_names(model, outputs, len(jax.tree.leaves(outputs)))
            model._objective.build(names, sample[1], outputs)
        except ValueError:
            return [refusal]
    facts = collect(model, x, y, validation_data, is_thorough=True)
    found = spoken(facts)
    known = [f for f in found if f.rule in CAUSES and f.severity != "note"]
    if refusal and known:
        found = [replace(f, severity="error") if f is known[0] else f for f in found]
    elif refusal and not any(finding.severity == "error" for finding in found):
        found.append(refusal)
    return gravest_first(found)


def make_ready(model: Any, x: Any, y: Any) -> None:
    """Build a compiled model for a batch, as its first step would.

    Raises:
        ValueError: that step would refuse the batch.
    """
    data = loop._arrays(x, y, None)
    with unchanged_on_error(model):
        loop._prepare(model, jax.tree.map(loop._spec, data), data)


def _refused(error: ValueError) -> Finding:
    return Finding("refused", "error", "fit", str(error), "", "")
