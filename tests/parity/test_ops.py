"""gyeol.ops against keras.ops: values and gradients."""

import inspect
import sys
from functools import partial

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import ops

FORMATS = ("channels_last", "channels_first")


def normal(seed, shape):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def assert_close(ours, theirs):
    """Equal to float32 rounding: sums of many terms round with the size of the largest of them."""
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    ours, theirs = np.asarray(ours, "float64"), np.asarray(theirs, "float64")
    finite = np.abs(theirs[np.isfinite(theirs)])
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * finite.max(initial=0))


def assert_same(ours, theirs, *arrays):
    """Two functions of float arrays agree in value and in every gradient."""

    def value_and_gradients(function):
        def run(*arrays):
            value, pull_back = jax.vjp(function, *arrays)
            weights = jnp.asarray(normal(99, value.shape), value.dtype)
            return value, pull_back(weights)

        return jax.tree.leaves(jax.jit(run)(*map(jnp.asarray, arrays)))

    for result, expected in zip(value_and_gradients(ours), value_and_gradients(theirs)):
        assert_close(result, expected)


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    shared = st.integers(1, 3)
    window = draw(st.tuples(*[st.integers(1, 4)] * rank))
    strides = draw(st.one_of(shared, st.tuples(*[shared] * rank)))
    dilation = draw(
        st.one_of(st.just(1), st.integers(1, 2), st.tuples(*[st.integers(1, 2)] * rank))
    )
    padding = draw(st.sampled_from(["valid", "same", "SAME"]))
    data_format = draw(st.sampled_from(FORMATS))
    steps = (dilation,) * rank if isinstance(dilation, int) else dilation
    shortest = [
        1 if padding != "valid" else (size - 1) * step + 1 for size, step in zip(window, steps)
    ]
    lengths = tuple(least + draw(st.integers(0, 5)) for least in shortest)
    channels = groups * draw(st.integers(1, 3))
    batch = draw(st.integers(1, 3))
    shape = (batch, *lengths, channels)
    if data_format == "channels_first":
        shape = (batch, channels, *lengths)
    kernel = (*window, channels // groups, groups * draw(st.integers(1, 3)))
    return shape, kernel, (strides, padding, data_format, dilation)


LOWERINGS = ("products", "products in parts", "convolution")


@settings(max_examples=16)
@given(case=convolutions(), lowering=st.sampled_from(LOWERINGS))
def test_conv(case, lowering):
    shape, kernel, arguments = case
    with pytest.MonkeyPatch.context() as patch:
        if lowering == "convolution":
            patch.setattr(jax, "default_backend", lambda: "gpu")
        if lowering == "products in parts":
            patch.setattr(sys.modules["gyeol.ops.conv"], "_MOST_BYTES", 2 * 4 * np.prod(shape[1:]))
        assert_same(
            lambda x, k: ops.conv(x, k, *arguments),
            lambda x, k: keras.ops.conv(x, k, *arguments),
            normal(0, shape),
            normal(1, kernel),
        )


@pytest.mark.parametrize("inputs", ["float16", "int32", "uint8"])
def test_conv_computes_in_the_dtype_of_its_kernel(inputs):
    x, kernel = np.arange(32).reshape(1, 4, 4, 2).astype(inputs), normal(0, (2, 2, 2, 3))
    assert_close(ops.conv(x, kernel), keras.ops.conv(x, kernel))


@st.composite
def poolings(draw):
    rank = draw(st.integers(1, 3))
    small = st.integers(1, 4)
    # 10 is past the size from which windows are reduced another way.
    sizes = st.sampled_from([1, 2, 2, 3, 4, 10]) if rank < 3 else st.integers(1, 3)
    window = draw(st.tuples(*[sizes] * rank))
    strides = draw(st.one_of(st.just(window), st.tuples(*[small] * rank)))
    padding = draw(st.sampled_from(["valid", "same"]))
    data_format = draw(st.sampled_from(FORMATS))
    lengths = tuple(
        (size if padding == "valid" else 1) + draw(st.integers(0, 6)) for size in window
    )
    shape = (2, *lengths, 3) if data_format == "channels_last" else (2, 3, *lengths)
    return shape, (window, strides, padding, data_format)


@settings(max_examples=10)
@given(case=poolings(), levels=st.sampled_from([1, 2, 3, 1000]))
def test_max_pool_gives_the_gradient_to_the_first_of_equals(case, levels):
    shape, arguments = case
    assert_same(
        lambda x: ops.max_pool(x, *arguments),
        lambda x: keras.ops.max_pool(x, *arguments),
        np.random.default_rng(0).integers(0, levels, shape).astype("float32"),
    )


@settings(max_examples=10)
@given(case=poolings())
def test_average_pool(case):
    shape, arguments = case
    assert_same(
        lambda x: ops.average_pool(x, *arguments),
        lambda x: keras.ops.average_pool(x, *arguments),
        normal(0, shape),
    )


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
@pytest.mark.parametrize("dtype", ["int32", "uint8", "int8", "float16", "bfloat16"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pool_dtypes(name, dtype, padding):
    x = jnp.asarray(np.random.default_rng(0).integers(0, 9, (2, 7, 7, 3)), dtype)
    ours = getattr(ops, name)(x, 3, 2, padding)
    theirs = getattr(keras.ops, name)(x, 3, (2, 2), padding)
    assert ours.dtype == theirs.dtype
    tolerance = 1e-2 if dtype == "bfloat16" else 1e-3 if dtype == "float16" else 1e-6
    np.testing.assert_allclose(np.float32(ours), np.float32(theirs), rtol=tolerance)


SHARED = [name for name in ops.__all__ if name != "conv"]


@pytest.mark.parametrize("name", SHARED)
def test_arguments_have_keras_s_names_order_and_defaults(name):
    ours = inspect.signature(getattr(ops, name)).parameters.values()
    theirs = inspect.signature(getattr(keras.ops, name)).parameters.values()
    # Sparse and ragged tensors, and moments over several devices, are not offered.
    absent = {"sparse", "ragged", "synchronized"}
    assert [(p.name, p.default, p.kind) for p in ours] == [
        (p.name, p.default, p.kind) for p in theirs if p.name not in absent
    ]


M = normal(0, (3, 4))
POSITIVE = np.abs(M) + 0.5
UNIT = np.tanh(M)
STACK = normal(1, (2, 3, 4))
SQUARE = normal(2, (4, 4))
VECTOR = normal(3, (4,))
COUNTS = np.arange(12, dtype="int32").reshape(3, 4) % 5 - 2
FLAGS = M > 0


def taking(*arguments):
    """The functions with just these arguments."""
    signatures = {name: inspect.signature(getattr(ops, name)) for name in ops.__all__}
    return [
        name for name, signature in signatures.items() if [*signature.parameters] == [*arguments]
    ]


# Calls of every function; where an argument is a float32 array, the gradient is compared too.
CALLS = {
    **{name: [(M,), (COUNTS,), (2.5,), ([1, 2],)] for name in taking("x")},
    **{
        name: [(M, STACK), (M, 2.0), (2, COUNTS), (COUNTS, COUNTS[:1])]
        for name in taking("x1", "x2")
    },
    **{
        name: [(STACK,), (COUNTS,), (STACK, 1), (STACK, (0, -1), True)]
        for name in [*taking("x", "axis", "keepdims"), "max", "min", "prod"]
    },
    **{
        name: [(POSITIVE,), (COUNTS + 3,), (2.5,)]
        for name in ("sqrt", "log", "log1p", "log2", "log10", "reciprocal")
    },
    **{name: [(UNIT,), (0.5,)] for name in ("arcsin", "arccos", "erf")},
    "argmax": [(STACK,), (COUNTS,), (STACK, 1), (STACK, -1, True)],
    "argmin": [(STACK,), (COUNTS,), (STACK, 1), (STACK, -1, True)],
    "sort": [(STACK,), (COUNTS, 0)],
    "argsort": [(STACK,), (COUNTS, 0)],
    "flip": [(STACK,), (COUNTS, 0)],
    "ones_like": [(M,), (COUNTS, "float16")],
    "zeros_like": [(M,), (COUNTS, "float16")],
    "count_nonzero": [(COUNTS,), (COUNTS, 1)],
    "shape": [(STACK,)],
    "convert_to_tensor": [(M,), (COUNTS,), (2.5,), (3,), ([1, 2], "float32"), (M, "int32")],
    "rsqrt": [(POSITIVE,)],
    "arctan2": [(M, STACK)],
    "logaddexp": [(M, STACK)],
    "divide": [(M, POSITIVE), (COUNTS, 4), (COUNTS, POSITIVE)],
    "true_divide": [(M, POSITIVE)],
    "floor_divide": [(M, POSITIVE), (COUNTS, 3)],
    "mod": [(M, POSITIVE), (COUNTS, 3)],
    "power": [(POSITIVE, M), (M, 2), (COUNTS, 2)],
    "isclose": [(M, M + 1e-7), (M, M + 1e-7, 0.0, 1e-9)],
    "nan_to_num": [(np.array([np.nan, 1, np.inf], "float32"), 0.5, 9.0)],
    "clip": [(M, -0.5, 0.5), (COUNTS, -1, 1), (M, -POSITIVE, POSITIVE)],
    "full_like": [(M, 3), (M, 3, "int32")],
    "stop_gradient": [(M,)],
    "matmul": [(M, SQUARE), (STACK, SQUARE), (COUNTS, COUNTS.T)],
    "dot": [(M, VECTOR), (M, SQUARE)],
    "outer": [(VECTOR, VECTOR)],
    "tensordot": [(STACK, M), (STACK, M, [[1, 2], [0, 1]]), (M, SQUARE, 1)],
    "einsum": [("ij,jk->ik", M, SQUARE), ("bij->b", STACK)],
    "logsumexp": [(M,), (M, 1), (M, 0, True)],
    "median": [(M,), (M, 1), (M, 0, True)],
    "norm": [(M,), (M, 2, 1), (VECTOR, 1), (M, "fro", (0, 1), True), (COUNTS,)],
    "cumsum": [(M, 0), (COUNTS, 1), (M,)],
    "cumprod": [(M, 1)],
    "reshape": [(STACK, (4, -1)), (STACK, -1)],
    "transpose": [(STACK,), (STACK, (0, 2, 1))],
    "swapaxes": [(STACK, 0, -1)],
    "moveaxis": [(STACK, 0, -1), (STACK, (0, 1), (1, 2))],
    "squeeze": [(M[None],), (M[None, :, None], 0)],
    "expand_dims": [(M, 0), (M, (0, -1))],
    "broadcast_to": [(VECTOR, (3, 4))],
    "tile": [(M, (2, 1)), (M, 2)],
    "repeat": [(M, 2), (M, 2, 1)],
    "roll": [(M, 1), (M, -1, 1)],
    "tril": [(M,), (M, 1)],
    "triu": [(M,), (M, -1)],
    "diag": [(VECTOR,), (SQUARE, 1)],
    "take": [(M, [2, 0], 0), (M, [5, 0])],
    "take_along_axis": [(M, np.abs(COUNTS), 1)],
    "where": [(FLAGS, M, 0.0), (FLAGS, M, POSITIVE)],
    "concatenate": [([M, POSITIVE],), ([M, COUNTS], 1)],
    "stack": [([M, POSITIVE],), ([M, M], -1)],
    "pad": [(M, 1), (M, ((1, 0), (2, 2)), "constant", 7.0), (M, ((1, 1), (2, 0)), "reflect")],
    "segment_sum": [(M, np.array([0, 0, 2]), 3)],
    "arange": [(5,), (2, 8, 3), (0.0, 1.0, 0.25), (3, None, None, "float32")],
    "linspace": [(0.0, 1.0, 5), (0, 4, 4, False)],
    "eye": [(3,), (3, 4, 1), (2, None, 0, "int32")],
    "zeros": [((2, 3),), (3, "int32")],
    "ones": [((2, 3),), ((3,), "bool")],
    "full": [((2, 3), 7), ((2,), 7, "int32")],
    "cast": [(M, "int32"), (COUNTS, "float16"), (M, "bool")],
    "one_hot": [(np.array([[0, 2], [3, -1]]), 3), (np.array([0, 1]), 3, 0, "int32")],
    "moments": [(STACK, 0), (STACK, (0, 2), True)],
    "batch_normalization": [
        (STACK, VECTOR, POSITIVE[0], -1),
        (STACK, M[:, 0], POSITIVE[:, 0], 1, M[:, 1], M[:, 2], 1e-5),
    ],
    "split": [(M, 2, 1), (STACK, [1, 2], 1)],
    "top_k": [(M, 2), (COUNTS, 3)],
    "convert_to_numpy": [(M,), ([1, 2],)],
}
CALLS["round"] = [(M,), (COUNTS,), (M, 2)]
CALLS["mean"] += [(STACK.astype("float16"), 0), (FLAGS,)]
CALLS["sum"] += [(FLAGS,), (COUNTS.astype("int8"), 0)]


def is_float(x):
    return isinstance(x, np.ndarray) and x.dtype == np.float32


def test_every_function_is_called_here():
    called_elsewhere = {"conv", "max_pool", "average_pool", "cond"}
    assert set(CALLS) == set(ops.__all__) - called_elsewhere


@pytest.mark.parametrize("name", CALLS)
def test_values_and_gradients(name):
    ours, theirs = getattr(ops, name), getattr(keras.ops, name)
    for arguments in CALLS[name]:
        results, expected = ours(*arguments), theirs(*arguments)
        pairs = zip(jax.tree.leaves(results), jax.tree.leaves(expected), strict=True)
        for result, value in pairs:
            assert_close(np.asarray(result), np.asarray(value))
        if name in ("shape", "convert_to_numpy"):
            continue
        leaves, tree = jax.tree.flatten(arguments)
        floats = [index for index, leaf in enumerate(leaves) if is_float(leaf)]
        if not floats or not jnp.issubdtype(jax.tree.leaves(results)[0].dtype, jnp.floating):
            continue

        def of_floats(function, *arrays, leaves=leaves, tree=tree, floats=floats):
            filled = list(leaves)
            for index, array in zip(floats, arrays):
                filled[index] = array
            return jax.tree.leaves(function(*jax.tree.unflatten(tree, filled)))[0]

        assert_same(
            partial(of_floats, ours), partial(of_floats, theirs), *(leaves[n] for n in floats)
        )


REDUCTIONS = ("sum", "var", "max", "logsumexp")


@pytest.mark.parametrize("name", REDUCTIONS)
@settings(max_examples=10)
@given(data=st.data(), shape=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_reductions_over_any_axes(name, data, shape):
    axes = st.integers(-len(shape), len(shape) - 1)
    several = st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=len(shape), unique=True)
    axis = data.draw(st.one_of(st.none(), axes, several.map(tuple)))
    keepdims = data.draw(st.booleans())
    ours, theirs = getattr(ops, name), getattr(keras.ops, name)
    x = normal(0, shape)
    assert_close(ours(x, axis, keepdims), theirs(x, axis, keepdims))
