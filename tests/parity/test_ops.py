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


def assert_close(ours, theirs, name=""):
    """Equal to float32 rounding: sums of many terms round with the size of the largest of them."""
    assert (name, ours.shape, ours.dtype) == (name, theirs.shape, theirs.dtype)
    if ours.dtype.kind == "c":
        ours, theirs = (np.stack([array.real, array.imag]) for array in (ours, theirs))
    ours, theirs = np.asarray(ours, "float64"), np.asarray(theirs, "float64")
    finite = np.abs(theirs[np.isfinite(theirs)])
    atol = 1e-5 * finite.max(initial=0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=atol, err_msg=name)


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
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pool_dtypes(name, padding):
    numbers = np.random.default_rng(0).integers(0, 9, (2, 7, 7, 3))
    tolerances = {"int32": 1e-6, "uint8": 1e-6, "int8": 1e-6, "float16": 1e-3, "bfloat16": 1e-2}

    @jax.jit
    def pooled(inputs):
        return [
            (getattr(ops, name)(x, 3, 2, padding), getattr(keras.ops, name)(x, 3, (2, 2), padding))
            for x in inputs
        ]

    pairs = pooled([jnp.asarray(numbers, dtype) for dtype in tolerances])
    for (ours, theirs), (dtype, tolerance) in zip(pairs, tolerances.items()):
        assert ours.dtype == theirs.dtype, dtype
        np.testing.assert_allclose(np.float32(ours), np.float32(theirs), rtol=tolerance)


M = normal(0, (3, 4))
POSITIVE = np.abs(M) + 0.5
UNIT = np.tanh(M)
STACK = normal(1, (2, 3, 4))
SQUARE = normal(2, (4, 4))
SYMMETRIC = SQUARE @ SQUARE.T + np.eye(4, dtype="float32")
TRIANGULAR = np.linalg.cholesky(SYMMETRIC)
VECTOR = normal(3, (4,))
COUNTS = np.arange(12, dtype="int32").reshape(3, 4) % 5 - 2
NATURAL = np.arange(12, dtype="int32").reshape(3, 4) % 5
ROW = np.asarray([3, 1, 0, 1], "int32")
FLAGS = M > 0
HOLES = np.where(FLAGS, M, np.nan).astype("float32")
ROWS_WITH_HOLES = np.where(np.arange(4) == 1, np.nan, M).astype("float32")
IMAGE = normal(4, (2, 4, 6, 8))
SIGNAL = normal(5, (2, 20))
IDS = np.asarray([0, 0, 2])
ONE_HOT = np.eye(4, dtype="float32")[[2, 0, 3]]
SHARES = np.asarray(jax.nn.softmax(M))
QUERY, KEY, VALUE = normal(6, (2, 3, 4, 8)), normal(7, (2, 5, 4, 8)), normal(8, (2, 5, 4, 8))
PAIR = (normal(9, (2, 3, 4)), normal(10, (2, 3, 4)))


FUNCTIONS = [name for name in ops.__all__ if callable(getattr(ops, name))]


def taking(*arguments):
    """The functions with just these arguments."""
    signatures = {name: inspect.signature(getattr(ops, name)) for name in FUNCTIONS}
    return [
        name for name, signature in signatures.items() if [*signature.parameters] == [*arguments]
    ]


def calls(names, *arguments):
    names = names.split() if isinstance(names, str) else names
    return {name: list(arguments) for name in names}


# Calls of every function. The first one of those after "Of our own" has its gradient compared too:
# the others are functions of JAX's on both sides.
CALLS = {
    **calls(taking("x"), (M,), (COUNTS,)),
    **calls(taking("x1", "x2"), (M, STACK), (2, COUNTS)),
    **calls(
        [*taking("x", "axis", "keepdims"), "max", "min", "prod"], (STACK,), (COUNTS, (0, -1), True)
    ),
    **calls("sqrt log log1p log2 log10 reciprocal rsqrt", (POSITIVE,), (2.5,)),
    **calls("sin exp floor", (M,), (COUNTS,), (2.5,), ([1, 2],)),
    **calls("add multiply maximum", (M, STACK), (M, 2.0), (2, COUNTS), (COUNTS, COUNTS[:1])),
    **calls("sum mean", (STACK,), (COUNTS, 1), (M.astype("float16"), 0), (FLAGS,)),
    **calls("arcsin arccos arctanh erfinv", (UNIT,), (0.5,)),
    **calls("arccosh", (POSITIVE + 1,), (2,)),
    **calls("bitwise_and bitwise_or bitwise_xor", (COUNTS, ROW)),
    **calls("left_shift right_shift bitwise_left_shift bitwise_right_shift", (COUNTS, NATURAL)),
    **calls("bitwise_not bitwise_invert", (COUNTS,)),
    **calls("gcd lcm", (COUNTS, ROW)),
    **calls("real imag conj conjugate angle isreal", (M,), (M + 1j,)),
    **calls("divide true_divide floor_divide mod fmod", (M, POSITIVE), (COUNTS, 3)),
    **calls("argmax argmin", (STACK,), (COUNTS, -1, True)),
    **calls("nanargmax nanargmin", (ROWS_WITH_HOLES, 1), (COUNTS,)),
    **calls(
        "nanmax nanmin nansum nanmean nanprod nanvar nanstd nanmedian nancumsum nancumprod",
        (HOLES,),
        (ROWS_WITH_HOLES, 1),
    ),
    **calls("sort argsort flip", (STACK,), (COUNTS, 0)),
    **calls("ones_like zeros_like empty_like", (M,), (COUNTS, "float16")),
    **calls("zeros ones empty", ((2, 3),), (3, "int32")),
    **calls("cumsum cumprod", (M, 0), (COUNTS, 1), (M,)),
    **calls("tril triu", (SQUARE,), (M, 1)),
    **calls("diag diagflat", (SQUARE,), (VECTOR, 1)),
    "erf": [(M,), (0.5,)],
    **calls("concatenate", ([M, POSITIVE],), ([M, COUNTS], 1)),
    **calls("hstack vstack dstack", ([M, POSITIVE],), ([VECTOR, ROW],)),
    **calls("hsplit vsplit dsplit", (IMAGE, 2)),
    **calls("fliplr flipud nonzero", (M,), (COUNTS,)),
    **calls("det inv slogdet logdet lu_factor eigh", (SYMMETRIC,)),
    **calls("bartlett blackman hamming hanning", (5,)),
    **calls("size ndim shape dtype copy array", (STACK,)),
    **calls("quantile nanquantile", (STACK, 0.3), (M, [0.25, 0.5], 1, "lower", True)),
    **calls("percentile nanpercentile", (STACK, 30.0), (COUNTS, [25.0, 50.0], 1)),
    **calls("segment_prod segment_max segment_min", (M, IDS, 3)),
    **calls("view_as_real", (M + 1j,)),
    **calls("eig", (SQUARE,)),
    "vdot": [(M, M)],
    "dot": [(M, SQUARE), (VECTOR, VECTOR)],
    "inner": [(M, SQUARE)],
    "outer": [(VECTOR, VECTOR)],
    "matmul": [(STACK, SQUARE), (VECTOR, SQUARE), (COUNTS, ROW)],
    "kron": [(M, ROW)],
    "cross": [(M[:, :3], M[:, 1:])],
    "tensordot": [(STACK, M), (STACK, M, [[1, 2], [0, 1]]), (M, SQUARE, 1)],
    "einsum": [("ij,jk->ik", M, SQUARE), ("bij->b", STACK)],
    "corrcoef": [(M,)],
    "correlate": [(VECTOR, VECTOR), (VECTOR, VECTOR[:2], "same")],
    "ldexp": [(M, COUNTS)],
    "power": [(POSITIVE, M), (M, 2)],
    "nextafter": [(M, POSITIVE)],
    "isclose": [(M, M + 1e-9)],
    "allclose": [(M, M + 1e-9), (M, POSITIVE)],
    "isin": [(COUNTS, [1, 2]), (COUNTS, [1, 2], False, True)],
    "count_nonzero": [(COUNTS,), (COUNTS, 1)],
    "round": [(M,), (COUNTS,), (M, 2)],
    "clip": [(M, -0.5, 0.5), (COUNTS, -1, 1), (FLAGS, 0, 1)],
    "nan_to_num": [(HOLES,), (HOLES, 1.0)],
    "ptp": [(STACK,), (M, 1, True)],
    "diff": [(M,), (COUNTS, 2, 0)],
    "trapezoid": [(M,), (M, VECTOR), (M, None, 0.5, 0)],
    "median": [(M,), (M, 0, True)],
    "average": [(M,), (COUNTS, 1, VECTOR)],
    "histogram": [(VECTOR,), (ROW, 3, (-1, 2))],
    "bincount": [(ROW,), (NATURAL, POSITIVE, 7)],
    "digitize": [(M, [-0.5, 0.0, 0.5])],
    "searchsorted": [([1, 2, 4], [0, 2, 5]), ([1, 2, 4], COUNTS, "right")],
    "unique": [(COUNTS,), (ROW, True, True, True, True), (ROW, True, False, False, False, None, 6)],
    "argpartition": [(COUNTS, 1), (COUNTS, 1, 0)],
    "kaiser": [(5, 2.0)],
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
    "rot90": [(M,), (STACK, 3, (1, 2))],
    "tri": [(3,), (2, 4, 1, "int32")],
    "vander": [(VECTOR,), (ROW, 3, True)],
    "append": [(M, COUNTS), (M, M, 1)],
    "array_split": [(M, 3, 1), (STACK, 2)],
    "diagonal": [(M,), (STACK, 1, 1, 2)],
    "trace": [(M,), (STACK, 1, 1, 2)],
    "unravel_index": [(ROW, (2, 3))],
    "select": [([FLAGS, M < -1], [M, POSITIVE], 7.0)],
    "take": [(M, [2, 0], 0), (M, [5, 0])],
    "take_along_axis": [(M, np.abs(COUNTS), 1)],
    "where": [(FLAGS, M, 0.0), (FLAGS, M, POSITIVE)],
    "stack": [([M, POSITIVE],), ([M, M], -1)],
    "pad": [(M, 1), (M, ((1, 0), (2, 2)), "constant", 7.0), (M, ((1, 1), (2, 0)), "reflect")],
    "split": [(M, 2, 1), (STACK, [1, 2], 1)],
    "arange": [(5,), (2, 8, 3), (0.0, 1.0, 0.25), (3, None, None, "float32")],
    "linspace": [(0.0, 1.0, 5), (0, 4, 4, False)],
    "geomspace": [(1.0, 8.0, 4), (1.0, 8.0, 3, False, "float16")],
    "logspace": [(0.0, 2.0, 3), (0.0, 2.0, 4, False, 2)],
    "meshgrid": [(VECTOR, ROW)],
    "eye": [(3,), (3, 4, 1), (2, None, 0, "int32")],
    "identity": [(3,), (2, "int32")],
    "full": [((2, 3), 7), ((2,), 7, "int32")],
    "full_like": [(M, 7), (M, 7, "int32")],
    "get_item": [(STACK, 1), (STACK, (slice(None), 0, [1, 2]))],
    "view": [(M, "int32")],
    "top_k": [(M, 2), (COUNTS, 3)],
    "in_top_k": [(ROW[:3], M, 2)],
    "cast": [(M, "int32"), (COUNTS, "float16"), (M, "bool")],
    "saturate_cast": [(M * 1e9, "int32"), (COUNTS, "uint8"), (M * 300, "int8"), (M, "float16")],
    "convert_to_tensor": [(M,), (COUNTS,), (2.5,), (3,), ([1, 2], "float32"), (M, "int32")],
    "convert_to_numpy": [(M,), ([1, 2],)],
    "is_tensor": [(M,), (jnp.ones(2),), ([1],)],
    "stop_gradient": [(M,)],
    "one_hot": [(np.array([[0, 2], [3, -1]]), 3), (np.array([0, 1]), 3, 0, "int32")],
    "multi_hot": [(NATURAL, 5), (ROW, 4, -1, "int32")],
    "solve": [(SYMMETRIC, SQUARE), (SYMMETRIC, VECTOR[:, None])],
    "solve_triangular": [(TRIANGULAR, VECTOR, True), (TRIANGULAR.T, SQUARE)],
    "svd": [(M,), (STACK, False), (M, True, False)],
    "qr": [(M,), (M, "complete")],
    "lstsq": [(SQUARE, VECTOR), (M.T, SQUARE)],
    "pinv": [(M,), (STACK, 0.1)],
    "matrix_rank": [(M,), (np.outer(VECTOR, VECTOR),), (np.diag([3.0, 2.0, 0.5, 0.1]), 1.0)],
    "cholesky": [(SYMMETRIC,), (SYMMETRIC, True)],
    "fft": [(PAIR,)],
    "fft2": [(PAIR,)],
    "ifft2": [(PAIR,)],
    "rfft": [(SIGNAL,), (SIGNAL, 16)],
    "irfft": [(PAIR,), (PAIR, 5)],
    "polar": [(POSITIVE, M)],
    "view_as_complex": [(normal(0, (3, 2)),)],
    # Of our own.
    "cholesky_inverse": [(TRIANGULAR,), (TRIANGULAR.T, True)],
    "var": [(STACK,), (COUNTS, (0, -1), True)],
    "norm": [(M, 2, 1), (M,), (VECTOR, 1), (M, "fro", (0, 1), True), (COUNTS,)],
    "logsumexp": [(M,), (M, 1), (M, 0, True)],
    "divide_no_nan": [(POSITIVE, np.where(FLAGS, M, 0.0)), (COUNTS, COUNTS)],
    "cdist": [(M, SQUARE), (STACK, STACK + 1)],
    "segment_sum": [(M, IDS, 3)],
    "rearrange": [(IMAGE, "b h w c -> (b w) c h"), (M, "a b -> (b a)")],
    "depth_to_space": [(IMAGE, 2), (IMAGE, 2, "channels_first")],
    "space_to_depth": [(IMAGE, 2), (IMAGE, 2, "channels_first")],
    "unfold": [(IMAGE, (2, 3), 2, (1, 0), 2), (IMAGE, 3)],
    "fold": [
        (normal(0, (2, 24, 15)), (5, 7), (2, 3), 2, (1, 0), (1, 1)),
        (normal(0, (2, 12, 4)), 3, 2),
    ],
    "extract_sequences": [(SIGNAL, 6, 4)],
    "stft": [(SIGNAL, 6, 3, 8), (SIGNAL, 6, 3, 6, "hamming", False), (SIGNAL, 4, 2, 8, None)],
    "istft": [(PAIR, 4, 2, 6), (PAIR, 6, 3, 6, 7, "hamming"), (PAIR, 6, 5, 6, 9, None, False)],
    "moments": [(STACK, 0), (STACK, (0, 2), True)],
    "batch_normalization": [
        (STACK, VECTOR, POSITIVE[0], -1),
        (STACK, M[:, 0], POSITIVE[:, 0], 1, M[:, 1], M[:, 2], 1e-5),
    ],
    "layer_normalization": [(STACK, VECTOR, VECTOR), (STACK, M, None, (1, 2), 1e-3)],
    "rms_normalization": [(STACK, VECTOR), (STACK.astype("float16"), None, 1, 1e-3)],
    "normalize": [(STACK,), (M * 1e-9,), (M, 0, 3)],
    "dot_product_attention": [
        (QUERY, KEY, VALUE),
        (QUERY, KEY[:, :3, :2], VALUE[:, :3, :2], None, None, 0.5, True),
        (QUERY, KEY, VALUE, normal(0, (3, 5)), normal(0, (2, 1, 3, 5)) > 0),
        (QUERY, KEY, VALUE, normal(0, (2, 4, 3, 5)), normal(0, (2, 3, 5)) > 0),
    ],
    "gelu": [(M,), (M, False)],
    "binary_crossentropy": [(ONE_HOT, SHARES), (ONE_HOT, M, True)],
    "categorical_crossentropy": [(ONE_HOT, SHARES), (ONE_HOT, M, True, 0)],
    "sparse_categorical_crossentropy": [(ROW[:3], SHARES), (ROW[:3, None], M, True)],
    "psnr": [(M, POSITIVE, 2.0)],
    "slice": [(STACK, (0, 1, 1), (2, 1, 2)), (STACK, [1, 0, 1], [1, -1, -1])],
    "slice_update": [(STACK, (0, 1, 1), STACK[:, :1, :2])],
    "scatter": [(np.asarray([[0, 1], [2, 0], [0, 1]]), VECTOR[:3], (3, 2))],
    "scatter_update": [
        (M, [[0, 1], [2, 0]], VECTOR[:2]),
        *((M, [[0], [2]], M[:2], how) for how in ("add", "max", "min", "mul")),
    ],
    "unstack": [(STACK,), (STACK, None, -1)],
    "cond": [(True, lambda: M, lambda: POSITIVE)],
    "switch": [(1, [jnp.sin, jnp.cos], M), (7, [lambda: 1.0, lambda: 2.0])],
    "map": [(jnp.sum, M)],
    "vectorized_map": [(jnp.sum, M)],
    "vectorize": [(jnp.sum,)],
    "scan": [
        (lambda total, x: (total + x, total), VECTOR, M),
        (lambda n, _: (n + 1, n), 0, None, 3),
    ],
    "associative_scan": [(jnp.add, M), (jnp.multiply, STACK, True, 1)],
    "fori_loop": [(1, 4, lambda n, state: state * n, M)],
    "while_loop": [
        (lambda n, x: n < 9, lambda n, x: (n * 2, x + 1.0), (1, M)),
        (lambda n: n < 9, lambda n: n * 2, 1, 2),
    ],
    "jvp": [(jnp.sin, (M,), (POSITIVE,))],
}
OWN = [*CALLS][[*CALLS].index("cholesky_inverse") :]


# They need values, or return what is no array.
EAGER = (
    *("allclose", "bincount", "cholesky", "eig", "histogram", "matrix_rank", "nonzero", "unique"),
    *("bartlett", "blackman", "hamming", "hanning", "kaiser", "searchsorted", "vectorize"),
    *("convert_to_numpy", "dtype", "is_tensor", "ndim", "shape", "size"),
)
IN_PROGRAMS = [name for name in CALLS if name not in EAGER]
# Compiled together, the functions take a tenth of the time.
GROUPS = [IN_PROGRAMS[begin : begin + 20] for begin in range(0, len(IN_PROGRAMS), 20)]


def test_every_function_is_called_here():
    called_elsewhere = {
        "adaptive_average_pool",
        "adaptive_max_pool",
        "average_pool",
        "conv",
        "conv_transpose",
        "custom_gradient",
        "depthwise_conv",
        "max_pool",
        "separable_conv",
    }
    assert set(FUNCTIONS) == set(CALLS) | called_elsewhere


def is_array(x):
    return isinstance(x, np.ndarray)


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: f"{names[0]}...")
def test_values_in_a_program(names):
    cases = [(name, arguments) for name in names for arguments in CALLS[name]]
    leaves, tree = jax.tree.flatten(cases)
    arrays = [leaf if is_array(leaf) else None for leaf in leaves]

    def run(arrays):
        filled = [leaf if array is None else array for leaf, array in zip(leaves, arrays)]
        return [
            [getattr(module, name)(*arguments) for module in (ops, keras.ops)]
            for name, arguments in jax.tree.unflatten(tree, filled)
        ]

    arrays = jax.tree.map(jnp.asarray, arrays)
    for (name, _), (ours, theirs) in zip(cases, jax.jit(run)(arrays), strict=True):
        pairs = zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True)
        for pair in pairs:
            assert_close(*map(np.asarray, pair), name)


@pytest.mark.parametrize("name", EAGER)
def test_values(name):
    for arguments in CALLS[name]:
        ours, theirs = (getattr(module, name)(*arguments) for module in (ops, keras.ops))
        if callable(theirs):
            ours, theirs = ours(M), theirs(M)
        if isinstance(theirs, (str, int)):
            assert ours == theirs
            continue
        pairs = zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True)
        for pair in pairs:
            assert_close(*map(np.asarray, pair))


def is_float(x):
    return isinstance(x, np.ndarray) and x.dtype == np.float32


@pytest.mark.parametrize("name", OWN)
def test_gradients_of_what_is_our_own(name):
    leaves, tree = jax.tree.flatten(CALLS[name][0])
    floats = [index for index, leaf in enumerate(leaves) if is_float(leaf)]

    def of_floats(function, *arrays):
        filled = list(leaves)
        for index, array in zip(floats, arrays):
            filled[index] = array
        results = jax.tree.leaves(function(*jax.tree.unflatten(tree, filled)))
        return jnp.concatenate([jnp.ravel(result).astype("float32") for result in results])

    functions = (partial(of_floats, getattr(module, name)) for module in (ops, keras.ops))
    if name not in ("vectorize", "while_loop"):
        assert_same(*functions, *(leaves[index] for index in floats))


def test_a_gradient_of_one_s_own():
    def clipped(x):
        return x, lambda upstream: jnp.clip(upstream, -1.0, 1.0)

    for module in (ops, keras.ops):
        function = module.custom_gradient(clipped)
        gradient = jax.grad(lambda x, f=function: jnp.sum(f(x) * VECTOR * 9))(VECTOR)
        assert_close(np.asarray(gradient), np.clip(VECTOR * 9, -1.0, 1.0))


@settings(max_examples=10)
@given(data=st.data(), shape=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_reductions_over_any_axes(data, shape):
    axes = st.integers(-len(shape), len(shape) - 1)
    several = st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=len(shape), unique=True)
    axis = data.draw(st.one_of(st.none(), axes, several.map(tuple)))
    keepdims = data.draw(st.booleans())

    @jax.jit
    def reduced(x):
        return {
            name: [getattr(module, name)(x, axis, keepdims) for module in (ops, keras.ops)]
            for name in ("sum", "var", "max", "logsumexp")
        }

    for name, (ours, theirs) in reduced(normal(0, shape)).items():
        assert_close(ours, theirs, name)
