"""Labels and rows, against real Keras, and what it takes without a word."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gyeol.utils import normalize, to_categorical

shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)


@given(
    labels=hnp.arrays(
        st.sampled_from(["int32", "uint8", "float32"]), shapes, elements=st.integers(0, 5)
    ),
    num_classes=st.sampled_from([None, 6, 9]),
)
def test_to_categorical_is_keras(labels, num_classes):
    ours = to_categorical(labels, num_classes)
    theirs = keras.utils.to_categorical(labels, num_classes)
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)


def test_to_categorical_of_lists_bools_and_jax_arrays():
    np.testing.assert_array_equal(to_categorical([0, 1]), np.eye(2))
    np.testing.assert_array_equal(to_categorical([True, False]), np.eye(2)[::-1])
    labels = jnp.array([[0], [2]])
    for rows in (to_categorical(labels, 3), jax.jit(lambda x: to_categorical(x, 3))(labels)):
        assert isinstance(rows, jax.Array) and rows.dtype == "float32"
        np.testing.assert_array_equal(rows, keras.utils.to_categorical(labels, 3))


@pytest.mark.parametrize(
    "labels, num_classes, words",
    [
        ([0, -1], None, "run from -1 to 0"),
        ([0, 3], 3, "With 3 classes, labels run from 0 to 2; these run from 0 to 3"),
        ([0.5], None, "some of x are not whole"),
        ([float("nan")], 3, "some of x are not whole"),
        (["cat", "dog"], None, "return_inverse"),
        ([], None, "needs num_classes"),
    ],
)
def test_to_categorical_says_what_is_wrong(labels, num_classes, words):
    with pytest.raises(ValueError, match=words):
        to_categorical(labels, num_classes)


def test_to_categorical_needs_the_number_when_compiled():
    with pytest.raises(ValueError, match="num_classes inside a compiled"):
        jax.jit(to_categorical)(jnp.array([1]))


@given(
    x=hnp.arrays("float32", shapes, elements=st.sampled_from([0.0, 0.5, -3.0, 100.0])),
    order=st.sampled_from([1, 2]),
)
def test_normalize_is_keras(x, order):
    np.testing.assert_allclose(
        normalize(x, order=order), keras.utils.normalize(x, order=order), rtol=1e-6
    )


@pytest.mark.parametrize("kind", [np.asarray, jnp.asarray])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_normalize_along_any_axis(kind, axis):
    # Keras divides rows by the norms of columns for axis=0.
    x = np.array([[3.0, 4.0, 0.0], [1.0, 1.0, 0.0], [0.0, 2.0, 0.0]], "float32")
    norms = np.linalg.norm(normalize(kind(x), axis=axis), axis=axis)
    np.testing.assert_allclose(norms, np.any(x != 0, axis=axis), rtol=1e-6)
