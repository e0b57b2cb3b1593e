"""Activation functions: the record of logits, names, errors."""

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import activations, serialization


@pytest.mark.parametrize("kind", ["softmax", "sigmoid"])
def test_logits_are_found_by_identity_inside_the_scope(kind):
    x = jnp.asarray([[1.0, 2.0, 3.0]])
    with activations.logits_recorded():
        y = getattr(activations, kind)(x)
        assert activations.logits_behind(y, kind) is x
        assert activations.logits_behind(y + 0, kind) is None
        other = {"softmax": "sigmoid", "sigmoid": "softmax"}[kind]
        assert activations.logits_behind(y, other) is None
    assert activations.logits_behind(y, kind) is None


def test_nothing_is_recorded_outside():
    y = activations.softmax(jnp.ones((2, 3)))
    assert activations.logits_behind(y, "softmax") is None
    with activations.logits_recorded():
        assert activations.logits_behind(y, "softmax") is None


def test_the_axis_of_a_softmax_counts():
    with activations.logits_recorded():
        x = jnp.ones((2, 3, 4))
        y = activations.softmax(x, axis=1)
        assert activations.logits_behind(y, "softmax", axis=-2) is x
        assert activations.logits_behind(y, "softmax", axis=-1) is None


def test_a_scope_inside_another_leaves_the_outer_one_as_it_was():
    with activations.logits_recorded():
        x = jnp.ones((2, 3))
        y = activations.softmax(x)
        with activations.logits_recorded():
            assert activations.logits_behind(y, "softmax") is None
        assert activations.logits_behind(y, "softmax") is x


def test_the_scope_ends_with_an_error():
    with pytest.raises(KeyError), activations.logits_recorded():
        y = activations.softmax(jnp.ones(3))
        raise KeyError
    assert activations.logits_behind(y, "softmax") is None


def test_the_record_is_of_one_thread():
    seen = []

    def elsewhere():
        y = activations.softmax(jnp.ones((1, 2)))
        seen.append(activations.logits_behind(y, "softmax"))

    with activations.logits_recorded():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert seen == [None]


def test_logits_are_found_while_tracing():
    found = []

    def program(x):
        with activations.logits_recorded():
            y = activations.sigmoid(x)
            found.append(activations.logits_behind(y, "sigmoid") is x)
        return y

    jax.jit(program)(jnp.ones(3))
    jax.grad(lambda x: program(x).sum())(jnp.ones(3))
    jax.jit(jax.grad(lambda x: program(x).sum()))(jnp.ones(3))
    assert found == [True] * 3


def test_a_cast_carries_the_logits_along():
    with activations.logits_recorded():
        x = jnp.ones((2, 3), "bfloat16")
        y = activations.softmax(x)
        cast = activations.with_logits(lambda a: a.astype("float32"), y, ("softmax",))
        assert activations.logits_behind(cast, "softmax").dtype == "float32"
        dropped = activations.with_logits(lambda a: a[:1], y, ("sigmoid",))
        assert activations.logits_behind(dropped, "softmax") is None


def test_sparsemax_is_the_nearest_distribution():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 6)).astype("float32") * 2
    y = np.asarray(activations.sparsemax(x))
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-5)
    assert (y >= 0).all() and (y == 0).any()
    # Of the nearest point no other distribution lies on the side of x.
    others = rng.dirichlet(np.ones(6), 50)
    assert (((x - y) * (others - y)).sum(-1) <= 1e-5).all()
    np.testing.assert_allclose(activations.sparsemax(x.T, axis=0), y.T, rtol=1e-5)


def test_laws():
    x = jnp.asarray([[0.5, -1.0, 2.0]])
    np.testing.assert_allclose(activations.softmax(x + 100), activations.softmax(x), rtol=1e-5)
    np.testing.assert_allclose(activations.sigmoid(x) + activations.sigmoid(-x), 1, rtol=1e-6)
    extreme = jnp.asarray([-1e4, -90.0, 0.0, 90.0, 1e4])
    for name in ("softmax", "log_softmax", "sigmoid", "log_sigmoid", "softplus", "mish", "gelu"):
        assert np.isfinite(getattr(activations, name)(extreme)).all(), name


@pytest.mark.parametrize(
    "given,meant", [("rleu", "relu"), ("Softmax", "softmax"), ("ReLU", "relu")]
)
def test_an_unknown_name_is_answered_with_the_nearest(given, meant):
    with pytest.raises(ValueError, match=f"no activation '{given}'.*'{meant}'"):
        activations.get(given)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(ValueError, match=r"3 is no activation: give a name"):
        activations.get(3)


def test_functions_of_ones_own():
    def mine(x):
        return x

    assert activations.get(mine) is mine
    config = activations.serialize(mine)
    assert activations.deserialize(config, custom_objects={"mine": mine}) is mine
    with serialization.custom_object_scope({"mine": mine}):
        assert activations.get("mine") is mine


def test_a_function_with_a_known_name_is_not_taken_for_it():
    def relu(x):
        return x

    assert activations.serialize(relu) != "relu"
    assert activations.serialize(activations.relu) == "relu"


def test_none_is_linear():
    x = object()
    assert activations.get(None)(x) is x
