"""Regularizers and constraints give Keras's values, gradients and configs."""

import json

import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import constraints, regularizers

REGULARIZERS = [
    ("L1", {"l1": 0.3}),
    ("L2", {"l2": 0.2}),
    ("L1L2", {"l1": 0.1, "l2": 0.4}),
    ("L1L2", {}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]
CONSTRAINTS = [
    ("MaxNorm", {"max_value": 1.5}),
    ("MaxNorm", {"axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {"axis": 1}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.2, "rate": 0.7}),
]


@pytest.mark.parametrize("name,kwargs", REGULARIZERS)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**31))
def test_penalty_and_gradient(name, kwargs, seed):
    x = np.random.default_rng(seed).standard_normal((4, 5)).astype("float32")
    ours, theirs = (getattr(m, name)(**kwargs) for m in (regularizers, keras.regularizers))
    a, b = jax.value_and_grad(ours)(x), jax.value_and_grad(lambda x: 1.0 * theirs(x))(x)
    np.testing.assert_allclose(a[0], b[0], rtol=1e-5)
    np.testing.assert_allclose(a[1], b[1], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name,kwargs", CONSTRAINTS)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.1, 1.0, 10.0]))
def test_constraint(name, kwargs, seed, scale):
    w = (scale * np.random.default_rng(seed).standard_normal((4, 5))).astype("float32")
    ours, theirs = (getattr(m, name)(**kwargs) for m in (constraints, keras.constraints))
    np.testing.assert_allclose(ours(w), theirs(w), rtol=1e-5)


@pytest.mark.parametrize(
    "ours,theirs,name,kwargs",
    [(regularizers, keras.regularizers, *case) for case in REGULARIZERS]
    + [(constraints, keras.constraints, *case) for case in CONSTRAINTS],
)
def test_config(ours, theirs, name, kwargs):
    written = theirs.serialize(getattr(theirs, name)(**kwargs))
    # Keras keeps some factors as float32.
    mine = ours.serialize(getattr(ours, name)(**kwargs))
    factors = {k: np.float32(v) for k, v in written["config"].items() if isinstance(v, float)}
    assert {**mine, "config": None} == {**written, "config": None}
    assert mine["config"].keys() == written["config"].keys()
    for key, value in mine["config"].items():
        assert (
            np.float32(value) == factors[key] if key in factors else value == written["config"][key]
        )
    assert ours.serialize(ours.get(json.loads(json.dumps(written)))) == written
    assert type(theirs.get(mine)).__name__ == name


@pytest.mark.parametrize("name", ["l1", "l2", "L1L2", "l1l2", "orthogonal_regularizer"])
def test_regularizer_names(name):
    ours, theirs = regularizers.get(name).get_config(), keras.regularizers.get(name).get_config()
    assert ours == {k: pytest.approx(v) for k, v in theirs.items()}


@pytest.mark.parametrize("name", ["max_norm", "non_neg", "unit_norm", "min_max_norm", "MaxNorm"])
def test_constraint_names(name):
    assert constraints.get(name).get_config() == keras.constraints.get(name).get_config()
