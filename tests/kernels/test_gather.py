"""The kernel that takes the rows of a batch, against NumPy's indexing."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import kernels

pytestmark = pytest.mark.skipif(kernels.library() is None, reason="built without a compiler")


def gathered(order, first, rows, arrays, dtypes):
    results = [((rows, *a.shape[1:]), dtype) for a, dtype in zip(arrays, dtypes)]
    sizes = [a.itemsize * int(np.prod(a.shape[1:])) for a in arrays]
    operands = [jnp.asarray(a) for a in (order, np.int32(first), *arrays)]
    return kernels.call("gather", results, operands, sizes)


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 9), st.integers(-3, 12), st.sampled_from([1, 5, 700]), st.integers(0, 99))
def test_it_takes_the_rows_of_every_array(rows, first, width, seed):
    generator = np.random.default_rng(seed)
    order = generator.integers(0, 50, 10).astype(np.int32)
    floats = generator.normal(size=(50, width, 3)).astype(np.float32)
    pixels = generator.integers(0, 256, (50, width)).astype(np.uint8)
    labels = generator.integers(0, 10, 50).astype(np.int32)
    arrays, dtypes = (floats, pixels, pixels, labels), ("float32", "float32", "uint8", "int32")
    begin = min(max(first, 0), 10 - rows)  # as lax.dynamic_slice
    for array, dtype, batch in zip(arrays, dtypes, gathered(order, first, rows, arrays, dtypes)):
        assert batch.dtype == dtype
        np.testing.assert_array_equal(batch, array[order[begin : begin + rows]])


def test_a_number_that_is_no_row_takes_the_nearest():
    array = np.arange(4, dtype=np.float32)
    order = np.int32([-5, 2, 99])
    assert gathered(order, 0, 3, [array], ["float32"])[0].tolist() == [0, 2, 3]


def test_each_instruction_set_gives_the_same(instruction_set):
    pixels = np.random.default_rng(0).integers(0, 256, (100, 784)).astype(np.uint8)
    order = np.random.default_rng(1).permutation(100).astype(np.int32)
    take = jax.jit(lambda: gathered(order, 0, 100, [pixels], ["float32"])[0])
    np.testing.assert_array_equal(take(), pixels[order])
