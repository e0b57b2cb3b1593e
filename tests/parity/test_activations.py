"""Activation functions give Keras's values and gradients."""

import functools

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import activations

CASES = [
    ("relu", {}),
    ("relu", {"negative_slope": 0.3}),
    ("relu", {"max_value": 6.0}),
    ("relu", {"max_value": 2.0, "negative_slope": 0.1}),
    ("relu", {"threshold": 1.0}),
    ("relu", {"threshold": -1.5, "negative_slope": 0.2, "max_value": 3.0}),
    ("leaky_relu", {}),
    ("elu", {"alpha": 0.7}),
    ("celu", {"alpha": 1.5}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("glu", {}),
    ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {"threshold": 1.0}),
    ("threshold", {"threshold": 0.5, "default_value": -1.0}),
    ("softmax", {}),
    ("softmax", {"axis": 1}),
    ("log_softmax", {"axis": 1}),
    ("squareplus", {"b": 2}),
    *(
        (name, {})
        for name in [
            "exponential",
            "hard_sigmoid",
            "hard_silu",
            "hard_tanh",
            "linear",
            "log_sigmoid",
            "mish",
            "relu6",
            "selu",
            "sigmoid",
            "silu",
            "softplus",
            "softsign",
            "sparse_plus",
            "sparse_sigmoid",
            "tanh",
            "tanh_shrink",
        ]
    ),
]


@functools.cache
def value_and_gradient(library, case):
    """The function, and its gradient for a cotangent, in one compiled program."""
    name, kwargs = CASES[case]
    function = functools.partial(getattr(library, name), **kwargs)

    def both(x, cotangent):
        y, pullback = jax.vjp(lambda x: jnp.asarray(function(x)), x)
        return y, pullback(cotangent[..., : y.shape[-1]])[0]

    return jax.jit(both)


@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda i: f"{CASES[i][0]}{i}")
@settings(max_examples=20)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.1, 1.0, 5.0, 30.0]))
def test_value_and_gradient(case, seed, scale):
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal((3, 2, 6)) * scale).astype("float32")
    # The kinks of the piecewise functions.
    x.flat[rng.integers(0, x.size, 4)] = rng.choice([0, 0.5, 1, 3, -3, 6, -1, 2], 4)
    cotangent = rng.standard_normal(x.shape).astype("float32")
    ours = value_and_gradient(activations, case)(x, cotangent)
    theirs = value_and_gradient(keras.activations, case)(x, cotangent)
    for our, their in zip(ours, theirs):
        np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in dir(keras.activations) if not n.startswith("_")])
def test_every_name_of_keras_exists(name):
    assert callable(getattr(activations, name))


@pytest.mark.parametrize("name", sorted(keras.src.activations.ALL_OBJECTS_DICT))
def test_names_go_both_ways(name):
    ours, theirs = activations.get(name), keras.activations.get(name)
    assert activations.serialize(ours) == keras.activations.serialize(theirs)
    config = keras.saving.serialize_keras_object(theirs)
    assert activations.get(config) is ours
    assert activations.deserialize(keras.activations.serialize(theirs)) is ours
