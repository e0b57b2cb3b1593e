"""The convolution kernels against their definition in float64 and against the path through JAX."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gyeol import kernels
from gyeol.ops import max_pool
from gyeol.ops.conv import _as_products


class Case(NamedTuple):
    """A convolution; `pads` are (start, end) for each axis, `pool` is 0 for none."""

    images: int
    size: tuple[int, int]
    channels: int
    window: tuple[int, int]
    filters: int
    strides: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    relu: bool
    pool: int
    share: float  # of the gradient's elements that are not 0

    @property
    def places(self):
        along = zip(self.size, self.window, self.strides, self.pads, self.dilation)
        return tuple((n + sum(p) - (k - 1) * d - 1) // s + 1 for n, k, s, p, d in along)

    @property
    def pooled(self):
        return tuple(n // max(self.pool, 1) for n in self.places)

    def arrays(self, seed=0):
        generator = np.random.default_rng(seed)
        shapes = (
            (self.images, *self.size, self.channels),
            (*self.window, self.channels, self.filters),
            (self.filters,),
            (self.images, *self.pooled, self.filters),
        )
        *operands, gradient = (generator.normal(size=shape).astype("float32") for shape in shapes)
        return *operands, gradient * (generator.random(gradient.shape) < self.share)

    @property
    def settings(self):
        starts = [start for start, _ in self.pads]
        pool = [self.pool] * 2 if self.pool else []
        return [*self.strides, *starts, *self.dilation, self.relu, *pool]

    def run(self, inputs, kernel, bias, gradient, of_inputs=True):
        """The result of the kernels, and the gradients of kernel, bias and inputs."""
        shape = (self.images, *self.pooled, self.filters)
        kind = "conv_pool" if self.pool else "conv"
        results = [(shape, np.float32), (shape, np.uint8)][: 2 if self.pool else 1]
        *_, last = made = kernels.call(
            f"{kind}_forward", results, [inputs, kernel, bias], self.settings
        )
        wanted = [kernel.shape, bias.shape, inputs.shape][: 3 if of_inputs else 2]
        gradients = kernels.call(
            f"{kind}_backward",
            [(shape, np.float32) for shape in wanted],
            [inputs, kernel, last, gradient],
            self.settings,
        )
        return np.asarray(made[0]), *map(np.asarray, gradients)

    def by_jax(self, inputs, kernel, bias):
        outputs = _as_products(
            inputs, kernel, self.strides, self.pads, self.places, self.dilation, 1
        )
        outputs = jax.nn.relu(outputs + bias) if self.relu else outputs + bias
        return max_pool(outputs, self.pool) if self.pool else outputs


def by_definition(case, inputs, kernel, bias, result, gradient):
    """Result and gradients in float64; where relu gave 0 is taken from `result`."""
    inputs, kernel, bias, gradient = (
        array.astype("float64") for array in (inputs, kernel, bias, gradient)
    )
    padded = np.pad(inputs, ((0, 0), *case.pads, (0, 0)))
    of_padded, of_kernel = np.zeros_like(padded), np.zeros_like(kernel)
    outputs = np.broadcast_to(bias, (case.images, *case.places, case.filters)).copy()
    if case.relu:
        gradient = np.where(result > 0, gradient, 0)
    for at in np.ndindex(*case.window):
        seen = (slice(None),) + tuple(
            slice(n * step, n * step + (count - 1) * stride + 1, stride)
            for n, step, count, stride in zip(at, case.dilation, case.places, case.strides)
        )
        outputs += padded[seen] @ kernel[at]
        of_kernel[at] = np.einsum("nyxc,nyxf->cf", padded[seen], gradient)
        of_padded[seen] += gradient @ kernel[at].T
    inside = tuple(slice(start, start + n) for (start, _), n in zip(case.pads, case.size))
    of_inputs = of_padded[(slice(None), *inside)]
    return (
        np.maximum(outputs, 0) if case.relu else outputs,
        of_kernel,
        gradient.sum((0, 1, 2)),
        of_inputs,
    )


def assert_close(got, expected):
    """Equal to the rounding of sums in float32 of this size."""
    scale = max(np.abs(expected).max(initial=0), 1e-3)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=5e-6 * scale)


@st.composite
def cases(draw):
    def pair(low, high):
        return draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    window, dilation = pair(1, 4), pair(1, 2)
    spans = [(size - 1) * step + 1 for size, step in zip(window, dilation)]
    pads = pair(0, 3), pair(0, 3)
    least = [max(span - sum(around), 1) for span, around in zip(spans, pads)]
    return Case(
        images=draw(st.integers(1, 5)),
        size=tuple(low + draw(st.integers(0, 9)) for low in least),
        channels=draw(st.sampled_from([1, 2, 3, 8, 16, 17, 32])),
        window=window,
        filters=draw(st.sampled_from([1, 5, 16, 20, 32, 64])),
        strides=pair(1, 3),
        pads=pads,
        dilation=dilation,
        relu=draw(st.booleans()),
        pool=0,
        share=draw(st.sampled_from([0.1, 1.0])),
    )


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_is_the_sum_over_the_window(instruction_set, case):
    inputs, kernel, bias, gradient = case.arrays()
    got = case.run(inputs, kernel, bias, gradient)
    expected = by_definition(case, inputs, kernel, bias, got[0], gradient)
    for one, other in zip(got, expected, strict=True):
        assert_close(one, other)
    without_inputs = case.run(inputs, kernel, bias, gradient, of_inputs=False)
    for one, other in zip(without_inputs, got):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-4)


SAME = ((1, 1), (1, 1))
VALID = ((0, 0), (0, 0))
LIKE_NETWORKS = [
    Case(5, (28, 28), 1, (3, 3), 32, (1, 1), SAME, (1, 1), True, 2, 1.0),
    Case(3, (15, 15), 32, (3, 3), 64, (1, 1), VALID, (1, 1), True, 2, 1.0),
    Case(4, (6, 6), 64, (3, 3), 64, (1, 1), VALID, (1, 1), True, 0, 1.0),
    Case(2, (9, 11), 3, (3, 3), 20, (1, 1), VALID, (1, 1), False, 3, 1.0),
    Case(3, (16, 16), 16, (3, 3), 16, (1, 1), SAME, (1, 1), False, 0, 1.0),
    Case(3, (16, 16), 16, (3, 3), 32, (2, 2), ((0, 1), (0, 1)), (1, 1), False, 0, 1.0),
    Case(3, (1, 40), 8, (1, 5), 16, (1, 2), ((0, 0), (4, 0)), (1, 1), True, 0, 0.2),
]


@pytest.mark.parametrize("case", LIKE_NETWORKS, ids=lambda case: "-".join(map(str, case[1:5])))
def test_is_what_jax_computes(case, instruction_set):
    inputs, kernel, bias, gradient = case.arrays()
    got = case.run(inputs, kernel, bias, gradient)
    expected, back = jax.vjp(case.by_jax, *map(jnp.asarray, (inputs, kernel, bias)))
    assert_close(got[0], expected)
    of_inputs, of_kernel, of_bias = back(jnp.asarray(gradient))
    for one, other in zip(got[1:], (of_kernel, of_bias, of_inputs), strict=True):
        assert_close(one, other)


def test_the_first_of_equals_wins_a_window(instruction_set):
    case = Case(1, (4, 4), 1, (1, 1), 16, (1, 1), VALID, (1, 1), False, 2, 1.0)
    inputs, kernel, bias, gradient = case.arrays()
    *_, of_inputs = case.run(np.ones_like(inputs), kernel, bias, gradient)
    assert np.count_nonzero(of_inputs[0, 0::2, 0::2, 0]) == 4
    assert np.count_nonzero(of_inputs) == 4


@pytest.mark.parametrize(
    "size, channels, filters, relu",
    [((7, 7), 3, 20, True), ((8, 8), 32, 32, True), ((8, 8), 32, 32, False)],
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_reaches_what_sees_it(
    value, size, channels, filters, relu, instruction_set
):
    case = Case(2, size, channels, (3, 3), filters, (1, 1), VALID, (1, 1), relu, 0, 1.0)
    inputs, kernel, bias, gradient = case.arrays()
    finite = inputs.copy()
    inputs[0, 6, 6, 1] = value
    result, of_kernel, _, _ = case.run(inputs, kernel, bias, gradient)
    expected = case.by_jax(*map(jnp.asarray, (inputs, kernel, bias)))
    np.testing.assert_array_equal(np.isfinite(result), np.isfinite(expected))
    assert_close(
        np.where(np.isfinite(result), result, 0), np.where(np.isfinite(expected), expected, 0)
    )
    # The first rows and columns of the window never meet it, nor do the other channels.
    unseen = 9 - size[0]
    assert np.isfinite(of_kernel[:unseen]).all() and np.isfinite(of_kernel[:, :unseen]).all()
    assert np.isfinite(np.delete(of_kernel, 1, axis=2)).all()
    gradient[1, 0, 0, 5] = value
    result = np.nan_to_num(result)
    result[1, 0, 0, 5] = 1.0
    gradients = kernels.call(
        "conv_backward",
        [(kernel.shape, np.float32), (bias.shape, np.float32), (inputs.shape, np.float32)],
        [finite, kernel, result, gradient],
        case.settings,
    )
    of_kernel, of_bias, of_inputs = map(np.asarray, gradients)
    assert not np.isfinite(of_kernel[..., 5]).any() and np.isfinite(of_kernel[..., :5]).all()
    assert not np.isfinite(of_bias[5]) and np.isfinite(of_bias[6:]).all()
    assert not np.isfinite(of_inputs[1, :3, :3]).any()
    assert np.isfinite(of_inputs[1, 3:]).all() and np.isfinite(of_inputs[1, :, 3:]).all()


def test_a_second_call_gives_the_same_bits():
    case = LIKE_NETWORKS[1]
    arrays = case.arrays()
    for one, other in zip(case.run(*arrays), case.run(*arrays), strict=True):
        np.testing.assert_array_equal(one, other)
