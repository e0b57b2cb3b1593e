"""Regularizers and constraints: names, errors, corner cases."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import constraints, regularizers
from gyeol.variable import Variable


def test_names_and_functions():
    assert regularizers.get("l1_l2").get_config() == {"l1": 0.01, "l2": 0.01}
    assert regularizers.l1_l2(l2=0.5).get_config() == {"l1": 0.0, "l2": 0.5}
    assert regularizers.L1L2(l2=0.5).get_config() == {"l1": 0.0, "l2": 0.5}
    assert regularizers.l2(0.1).l2 == 0.1
    assert regularizers.get(None) is None
    mine = regularizers.get(lambda x: 3.0)
    assert mine(jnp.ones(2)) == 3.0


def test_variables_are_taken_as_arrays():
    weight = Variable(np.float32([[3.0, -4.0]]))
    assert float(regularizers.L1(0.1)(weight)) == pytest.approx(0.7)
    assert float(regularizers.L2(0.1)(weight)) == pytest.approx(2.5)
    assert constraints.NonNeg()(weight).tolist() == [[3, 0]]
    np.testing.assert_allclose(constraints.UnitNorm(axis=1)(weight), [[0.6, -0.8]], rtol=1e-6)


def test_a_row_of_zeros_has_a_gradient():
    x = jnp.asarray([[0.0, 0.0], [1.0, 2.0]])
    gradient = jax.grad(regularizers.OrthogonalRegularizer(1.0))(x)
    assert np.isfinite(gradient).all()


def test_orthogonal_rows_cost_nothing():
    assert float(regularizers.OrthogonalRegularizer(1.0)(jnp.eye(3))) == 0
    assert float(regularizers.OrthogonalRegularizer(1.0)(jnp.ones((2, 3)))) == pytest.approx(1)


def test_max_norm_is_kept():
    w = np.random.default_rng(0).standard_normal((3, 3, 4, 8)).astype("float32") * 5
    bounded = constraints.MaxNorm(2.0, axis=[0, 1, 2])(w)
    norms = np.sqrt((np.asarray(bounded) ** 2).sum((0, 1, 2)))
    assert norms.max() <= 2.0001


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: regularizers.L1(-1.0), "l1 must be a finite number, 0 or more; got -1.0"),
        (lambda: regularizers.L2(float("nan")), "l2 must be a finite number"),
        (lambda: regularizers.get("orthogonal_reg"), "'orthogonal_regularizer'"),
        (lambda: regularizers.OrthogonalRegularizer(mode="x"), "'rows' or 'columns'"),
        (lambda: regularizers.OrthogonalRegularizer()(jnp.ones(3)), r"matrix; got shape \(3,\)"),
        (lambda: constraints.get("maxnorm"), "Did you mean 'MaxNorm'"),
    ],
)
def test_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
