"""The kernels of batch normalization against the definition, and what is done in one with it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gyeol
from gyeol.ops import fused, lowering
from gyeol.ops.lowering import kernels_wanted

layers = gyeol.layers
EPSILON = 1e-3


def arrays(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]


def block(x, gamma, beta, other=None, relu=False):
    """The result, mean and variance."""
    outputs, mean, variance = fused.batch_normalized(x, gamma, beta, EPSILON)
    outputs = outputs if other is None else fused.added(outputs, other)
    return fused.relu(outputs) if relu else outputs, mean, variance


def by_definition(x, gamma, beta, other, relu, gradient):
    """Result, mean and variance, and gradients of x, gamma, beta and other, in float64."""
    x, gamma, beta, other, gradient = (
        np.asarray(a, np.float64).reshape(-1, a.shape[-1])
        for a in (x, gamma, beta, other, gradient)
    )
    mean, variance = x.mean(0), x.var(0)
    inverse = (variance + EPSILON) ** -0.5
    hat = (x - mean) * inverse
    outputs = hat * gamma + beta + other
    if relu:
        # Where rounding leaves one side of relu for the other, the gradient may differ.
        gradient = np.where(outputs > 0, np.where(abs(outputs) < 0.01, 0, gradient), 0)
        outputs = np.maximum(outputs, 0)
    of_gamma, of_beta = (gradient * hat).sum(0), gradient.sum(0)
    of_x = gamma * inverse * (gradient - gradient.mean(0) - hat * (gradient * hat).mean(0))
    return (outputs, mean, variance), (of_x, of_gamma, of_beta, gradient)


@pytest.mark.usefixtures("instruction_set")
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    leading=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    channels=st.one_of(st.integers(1, 40), st.sampled_from([64, 65, 130, 300])),
    offset=st.sampled_from([0.0, 100.0]),
    adds=st.booleans(),
    relu=st.booleans(),
    seed=st.integers(0, 99),
)
def test_result_and_gradients_are_those_of_the_definition(
    leading, channels, offset, adds, relu, seed
):
    shape = (*leading, channels)
    x, other, gradient, gamma, beta = arrays(seed, shape, shape, shape, (channels,), (channels,))
    x, other = x + offset, other if adds else jnp.zeros(shape)
    if relu:
        result = by_definition(x, gamma, beta, other, False, gradient)[0][0].reshape(shape)
        gradient = jnp.where(abs(result) < 0.01, 0, gradient)
    expected, gradients = by_definition(x, gamma, beta, other, relu, gradient)
    with kernels_wanted():
        got, pull = jax.vjp(
            lambda *operands: block(*operands, relu=relu), x, gamma, beta, *[other] * adds
        )
        got_gradients = pull((gradient, *[jnp.zeros(channels)] * 2))
    # The mean is rounded to float32, and what remains is divided by the deviation.
    inverse = (expected[2].min() + EPSILON) ** -0.5
    rounding = 2e-7 * (3 + offset) * inverse
    size = max(1, abs(gamma).max())
    bounds = (rounding * size, 2e-7 * (3 + offset), 1e-6 * expected[2].max())
    largest, total = abs(gradient).max(), abs(gradient).sum()
    of_x = 4 * rounding * size * largest * inverse
    of_channels = rounding * total, 1e-6 * total
    for one, right, bound in zip(
        [*got, *got_gradients],
        [*expected, *gradients],
        [*bounds, of_x, *of_channels, 0],
    ):
        np.testing.assert_allclose(
            np.reshape(one, right.shape), right, rtol=1e-5, atol=float(bound) + 1e-30
        )


@pytest.mark.parametrize("first", [1000.0, 1e6])
def test_the_moments_lose_no_digits_beside_a_large_mean(first, instruction_set):
    """Nor where the first row is far from all others."""
    rng = np.random.default_rng(0)
    x = (1000 + rng.normal(size=(3000, 20))).astype("float32")
    x[0] = first
    with kernels_wanted():
        _, mean, variance = fused.batch_normalized(jnp.asarray(x), None, None, EPSILON)
    # Two units in the last place; the squares of a block are summed up in float32.
    np.testing.assert_allclose(mean, x.mean(0, dtype="float64"), rtol=2.4e-7)
    np.testing.assert_allclose(variance, x.var(0, dtype="float64"), rtol=3e-6)


def test_one_row():
    x, gamma, beta, gradient = arrays(0, (1, 5), (5,), (5,), (1, 5))
    with kernels_wanted():
        (outputs, mean, variance), pull = jax.vjp(block, x, gamma, beta)
        of_x, of_gamma, of_beta = pull((gradient, jnp.zeros(5), jnp.zeros(5)))
    np.testing.assert_array_equal(outputs[0], beta)
    np.testing.assert_array_equal(mean, x[0])
    assert not variance.any() and not of_x.any() and not of_gamma.any()
    np.testing.assert_array_equal(of_beta, gradient[0])


def test_gradients_of_gradients_and_of_the_moments():
    x, other, gamma, beta = arrays(1, (6, 5), (6, 5), (5,), (5,))

    def penalty(*operands):
        def inner(*operands):
            outputs, mean, variance = block(*operands, relu=True)
            return jnp.square(outputs).sum() + (mean * variance).sum()

        return sum(jnp.square(gradient).sum() for gradient in jax.grad(inner, (0, 1, 3))(*operands))

    expected = jax.grad(penalty, (0, 1, 2, 3))(x, gamma, beta, other)
    with kernels_wanted():
        got = jax.grad(penalty, (0, 1, 2, 3))(x, gamma, beta, other)
    for one, right in zip(got, expected):
        np.testing.assert_allclose(one, right, rtol=1e-4, atol=1e-4)


def test_two_readers_of_a_result():
    """The next block and its shortcut: each has its gradient; so has a third."""
    x, other, gamma, beta, kernel = arrays(2, (2, 3, 3, 4), (2, 3, 3, 4), (4,), (4,), (1, 1, 4, 4))

    def function(x, other, kernel, readers):
        outputs = block(x, gamma, beta, other, relu=True)[0]
        made = fused.conv(outputs, kernel, None, (1, 1), "valid", "channels_last", (1, 1), False)
        if readers > 1:
            made = fused.added(fused.batch_normalized(made, gamma, beta, EPSILON)[0], outputs)
        return jnp.sin(made).sum() + (jnp.cos(outputs).sum() if readers > 2 else 0)

    for readers in (1, 2, 3):
        expected = jax.grad(function, (0, 1, 2))(x, other, kernel, readers)
        with kernels_wanted():
            got = jax.grad(function, (0, 1, 2))(x, other, kernel, readers)
        for one, right in zip(got, expected):
            np.testing.assert_allclose(one, right, rtol=1e-4, atol=2e-5)


def test_nan_goes_through_its_channel():
    x, gamma, beta = arrays(3, (40, 3), (3,), (3,))
    with kernels_wanted():
        outputs, _, variance = block(x.at[7, 1].set(jnp.nan), gamma, beta, relu=True)
    assert np.isnan(outputs[:, 1]).all() and np.isnan(variance[1])
    assert np.isfinite(outputs[:, ::2]).all()


def test_the_same_bits_each_time():
    x, other, gamma, beta, gradient = arrays(4, *[(3000, 24)] * 2, (24,), (24,), (3000, 24))

    def run():
        with kernels_wanted():
            outputs, pull = jax.vjp(
                lambda *operands: block(*operands, relu=True)[0], x, gamma, beta, other
            )
        return outputs, *pull(gradient)

    first = run()
    for _ in range(10):
        for one, right in zip(run(), first):
            np.testing.assert_array_equal(one, right)


NAMES = ("moments", "normalize_forward", "normalize_backward")


def calls(function, *operands, names=NAMES):
    """How often the compiled function calls each kernel."""
    with kernels_wanted():
        text = jax.jit(function).lower(*operands).compile().as_text()
    return [text.count(f'custom_call_target="gyeol_{name}"') for name in names]


def test_what_nobody_reads_is_not_computed():
    x, other, gamma, beta = arrays(5, (8, 4), (8, 4), (4,), (4,))

    def whole(x, gamma, beta, other):
        return block(x, gamma, beta, other, relu=True)[0].sum()

    def also_before_relu(x, gamma, beta):
        outputs = fused.batch_normalized(x, gamma, beta, EPSILON)[0]
        return fused.relu(outputs).sum() + outputs[0].sum()

    gradient = jax.grad(whole, (0, 1, 2, 3))
    assert calls(gradient, x, gamma, beta, other) == [1, 1, 1]
    assert calls(also_before_relu, x, gamma, beta) == [1, 2, 0]
    expected = also_before_relu(x, gamma, beta)
    with kernels_wanted():
        np.testing.assert_allclose(also_before_relu(x, gamma, beta), expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_types_have_no_kernel(dtype):
    x, gamma, beta = arrays(6, (8, 4), (4,), (4,))
    assert calls(lambda x: block(x, gamma, beta, relu=True)[0], x.astype(dtype)) == [0, 0, 0]
    gamma = gamma.astype(dtype)
    assert calls(lambda x: block(x, gamma, beta, relu=True)[0], x) == [0, 0, 0]


@pytest.mark.parametrize("pools", [False, True])
def test_a_convolution_does_the_scaling_behind_it(pools):
    """Of an inference, and of a frozen layer: one kernel does all, and its gradients are right."""
    x, kernel, bias, factor, shift = arrays(7, (2, 6, 6, 3), (3, 3, 3, 4), (4,), (4,), (4,))

    def function(*operands):
        x, kernel, bias, factor, shift = operands
        made = fused.conv(x, kernel, bias, (1, 1), "same", "channels_last", (1, 1), False)
        made = fused.relu(fused.scaled(made, factor, shift))
        return jnp.sin(gyeol.ops.max_pool(made, 2) if pools else made).sum()

    operands = x, kernel, bias, factor, shift
    expected = jax.value_and_grad(function, (0, 1, 2, 3, 4))(*operands)
    with kernels_wanted():
        got = jax.value_and_grad(function, (0, 1, 2, 3, 4))(*operands)
    for one, right in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, right, rtol=1e-4, atol=2e-5)
    names = ("conv_forward", "conv_pool_forward")
    assert calls(function, *operands, names=names) == ([0, 1] if pools else [1, 0])


def residual():
    def shortened(x, filters, strides):
        y = layers.Conv2D(filters, 3, strides, padding="same")(x)
        y = layers.BatchNormalization(scale=False)(y)
        y = layers.Activation("relu")(y)
        y = layers.BatchNormalization(center=False)(layers.Conv2D(filters, 1)(y))
        if strides > 1:
            x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides)(x))
        return layers.ReLU()(layers.Add()([x, y]))

    inputs = gyeol.Input((6, 6, 3))
    x = layers.BatchNormalization()(inputs)
    x = shortened(layers.Conv2D(4, 3, activation="relu")(x), 4, 1)
    x = shortened(shortened(x, 4, 1), 6, 2)
    # Read before relu and behind it, and not along the last axis.
    normalized = layers.BatchNormalization()(layers.Dense(5)(x))
    x = layers.Concatenate()([layers.ReLU()(normalized), normalized])
    x = layers.ReLU()(layers.BatchNormalization(axis=1)(x))
    x = layers.Dense(7)(layers.Flatten()(x))
    frozen = layers.BatchNormalization(trainable=False, name="frozen")
    x = layers.ReLU()(frozen(x))
    return gyeol.Model(inputs, layers.Dense(4, activation="softmax")(x))


def trained():
    gyeol.utils.set_random_seed(3)
    model = residual()
    optimizer = gyeol.optimizers.SGD(0.05, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, *model.input_shape[1:])).astype("float32")
    loss = model.fit(x, rng.integers(0, 4, 20), batch_size=8, epochs=2, verbose=0).history["loss"]
    moving = model.get_layer("frozen").moving_mean.numpy()
    assert not moving.any()
    return loss, model.get_weights(), model.predict(x, verbose=0)


def test_a_residual_network_learns_the_same_without_kernels(monkeypatch):
    loss, weights, outputs = trained()
    monkeypatch.setattr(lowering, "has_kernels", lambda *arrays: False)
    for module in ("fused", "pool"):
        monkeypatch.setattr(f"gyeol.ops.{module}.has_kernels", lowering.has_kernels, raising=False)
    monkeypatch.setattr("gyeol.training.program._shared", {})
    plain_loss, plain_weights, plain_outputs = trained()
    np.testing.assert_allclose(loss, plain_loss, rtol=1e-4)
    for one, right in zip(weights, plain_weights, strict=True):
        np.testing.assert_allclose(one, right, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(outputs, plain_outputs, rtol=1e-3, atol=1e-4)
