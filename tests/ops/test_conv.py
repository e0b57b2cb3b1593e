"""Convolutions of ops: what they compute, with which lowering, and what they refuse."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import config, ops
from gyeol.variable import Variable


def normal(seed, shape):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def by_definition(inputs, kernel, stride, dilation):
    """The sum over the window, place by place, in float64 and without padding."""
    window = kernel.shape[:2]
    spans = [(size - 1) * dilation + 1 for size in window]
    counts = [(n - span) // stride + 1 for n, span in zip(inputs.shape[1:3], spans)]
    outputs = np.zeros((len(inputs), *counts, kernel.shape[-1]))
    for y, x in np.ndindex(*counts):
        for i, j in np.ndindex(*window):
            seen = inputs[:, y * stride + i * dilation, x * stride + j * dilation]
            outputs[:, y, x] += seen.astype("float64") @ kernel[i, j].astype("float64")
    return outputs


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("dilation", [1, 2])
def test_is_the_sum_over_the_window(stride, dilation):
    inputs, kernel = normal(0, (2, 7, 8, 3)), normal(1, (3, 2, 3, 5))
    outputs = ops.conv(inputs, kernel, stride, dilation_rate=dilation)
    expected = by_definition(inputs, kernel, stride, dilation)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)


def test_same_padding_puts_the_odd_zero_at_the_end():
    ones = np.ones((1, 4, 1), "float32")
    assert ops.conv(ones, ones[0, :2, None], padding="same").ravel().tolist() == [2, 2, 2, 1]


def test_groups_see_their_own_channels_only():
    inputs, kernel = normal(0, (2, 5, 5, 4)), normal(1, (3, 3, 2, 6))
    parts = [
        ops.conv(inputs[..., :2], kernel[..., :3]),
        ops.conv(inputs[..., 2:], kernel[..., 3:]),
    ]
    expected = np.concatenate(parts, axis=-1)
    np.testing.assert_allclose(ops.conv(inputs, kernel), expected, rtol=1e-5, atol=1e-5)


def test_takes_variables_also_inside_a_program():
    inputs, kernel = Variable(normal(0, (1, 4, 4, 2))), Variable(normal(1, (2, 2, 2, 3)))
    expected = ops.conv(inputs.value, kernel.value)
    assert np.array_equal(ops.conv(inputs, kernel), expected)
    np.testing.assert_allclose(jax.jit(lambda: ops.conv(inputs, kernel))(), expected, rtol=1e-5)


def test_the_default_data_format_is_that_of_the_config(monkeypatch):
    monkeypatch.setattr(config, "_image_data_format", "channels_first")
    assert ops.conv(np.ones((1, 2, 5, 5)), np.ones((3, 3, 2, 7))).shape == (1, 7, 3, 3)


def test_a_depthwise_convolution_is_one_of_each_channel():
    inputs, kernel = normal(0, (2, 6, 5, 3)), normal(1, (3, 2, 3, 2))
    outputs = ops.depthwise_conv(inputs, kernel, (2, 1), "same")
    for channel in range(3):
        alone = slice(channel, channel + 1)
        expected = ops.conv(inputs[..., alone], kernel[:, :, alone], (2, 1), "same")
        mine = outputs[..., 2 * channel : 2 * channel + 2]
        np.testing.assert_allclose(mine, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("stride, dilation", [(1, 1), (1, 2), (2, 1), (3, 1)])
def test_a_transposed_convolution_is_the_transpose(stride, dilation):
    outputs, kernel = normal(0, (2, 4, 3)), normal(1, (2, 5, 3))
    spread = ops.conv_transpose(outputs, kernel, stride, dilation_rate=dilation)
    inputs = normal(2, spread.shape)
    windows = ops.conv(inputs, kernel, stride, dilation_rate=dilation)
    np.testing.assert_allclose(np.vdot(inputs, spread), np.vdot(windows, outputs), rtol=1e-4)


# A function, the shapes of inputs and kernel, and arguments.
WAYS = {
    "conv": (ops.conv, (2, 7, 3), (3, 3, 4), {"strides": 2, "padding": "same"}),
    "groups": (ops.conv, (2, 5, 6, 4), (2, 2, 2, 6), {"dilation_rate": 2}),
    "one group a channel": (ops.conv, (2, 5, 6, 4), (2, 2, 1, 8), {}),
    "depthwise": (ops.depthwise_conv, (2, 4, 5, 6, 2), (2, 3, 2, 2, 2), {"padding": "same"}),
    "many for a channel": (ops.depthwise_conv, (2, 5, 2), (2, 2, 9), {}),
    "transpose": (ops.conv_transpose, (2, 4, 3, 2), (3, 2, 3, 2), {"strides": (2, 3)}),
    "transpose same": (
        ops.conv_transpose,
        (2, 3, 4, 2),
        (5, 4, 3, 2),
        {"strides": 2, "padding": "same", "output_padding": (0, 1)},
    ),
    "transpose dilated": (ops.conv_transpose, (2, 4, 2), (3, 3, 2), {"dilation_rate": 2}),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_cpu_gets_the_result_of_xla_and_no_convolution_of_its_own(way, monkeypatch):
    function, *shapes, arguments = WAYS[way]
    given = [normal(seed, shape) for seed, shape in enumerate(shapes)]

    def program_and_result():
        # A new function each time: JAX remembers what it has traced.
        def run(*given):
            return function(*given, **arguments)

        loss = jax.grad(lambda *given: jnp.square(run(*given)).sum(), (0, 1))
        return str(jax.make_jaxpr(loss)(*given)), jax.jit(run)(*given)

    program, result = program_and_result()
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    of_xla, expected = program_and_result()
    assert "conv_general" in of_xla and "conv_general" not in program
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def test_a_transposed_convolution_worked_on_in_parts(monkeypatch):
    inputs, kernel = normal(0, (5, 6, 6, 2)), normal(1, (3, 3, 3, 2))
    whole = jax.jit(lambda: ops.conv_transpose(inputs, kernel, 2))()
    monkeypatch.setattr(sys.modules["gyeol.ops.conv"], "_MOST_BYTES", 2 * 4 * 36 * 16 * 3)
    in_parts = jax.jit(lambda: ops.conv_transpose(inputs, kernel, 2))
    assert "scan" in str(jax.make_jaxpr(in_parts)())
    np.testing.assert_allclose(in_parts(), whole, rtol=1e-5, atol=1e-5)


def test_a_batch_worked_on_in_parts_keeps_no_windows_for_the_gradient(monkeypatch):
    inputs, kernel = normal(0, (64, 16, 16, 4)), normal(1, (3, 3, 4, 4))

    def memory():
        gradients = jax.jit(jax.grad(lambda x, k: jnp.square(ops.conv(x, k)).sum(), (0, 1)))
        program = gradients.lower(inputs, kernel).compile()
        return program.memory_analysis().temp_size_in_bytes

    whole = memory()
    windows = 4 * 36 * 14 * 14  # bytes, for one image
    assert whole > 64 * windows
    monkeypatch.setattr(sys.modules["gyeol.ops.conv"], "_MOST_BYTES", 2 * windows)
    assert memory() < 32 * windows


def test_forward_derivatives_and_second_derivatives_exist():
    inputs, kernel = normal(0, (1, 5, 5, 2)), normal(1, (3, 3, 2, 2))

    def energy(kernel):
        return jnp.square(ops.conv(inputs, kernel)).sum()

    hessian = jax.hessian(energy)(kernel).reshape(36, 36)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(kernel.ravel() @ hessian @ kernel.ravel() / 2, energy(kernel), 1e-5)


@pytest.mark.parametrize(
    "inputs, kernel, arguments, words",
    [
        ((5, 5), (3, 3), {}, ["rank 3, 4 or 5", "(5, 5)"]),
        ((1, 5, 5, 3), (3, 3, 3), {}, ["kernel of the same rank", "(3, 3, 3)"]),
        ((1, 5, 5, 3), (3, 3, 2, 4), {}, ["3 channels", "(3, 3, 2, 4)"]),
        ((1, 5, 5, 4), (3, 3, 2, 3), {}, ["filters divisible by groups"]),
        ((1, 2, 5, 1), (3, 3, 1, 1), {}, ["(3, 3)", "(1, 2, 5, 1)", "padding='same'"]),
        ((1, 5, 5, 1), (3, 3, 1, 1), {"padding": "full"}, ["'valid' or 'same'", "'full'"]),
        ((1, 5, 5, 1), (3, 3, 1, 1), {"strides": (1, 2, 3)}, ["strides", "2 of them"]),
        ((1, 5, 5, 1), (3, 3, 1, 1), {"strides": 0}, ["strides", "positive"]),
        ((1, 5, 5, 1), (3, 3, 1, 1), {"dilation_rate": -1}, ["dilation_rate", "positive"]),
        ((1, 5, 5, 1), (3, 3, 1, 1), {"data_format": "NHWC"}, ["'channels_last'", "'NHWC'"]),
    ],
)
def test_mistakes_are_named(inputs, kernel, arguments, words):
    with pytest.raises(ValueError) as error:
        ops.conv(np.ones(inputs), np.ones(kernel), **arguments)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    "function, inputs, kernel, arguments, words",
    [
        (ops.depthwise_conv, (1, 5, 4), (3, 3, 1), {}, ["4 channels", "(3, 3, 1)"]),
        (ops.conv_transpose, (1, 5, 4), (3, 4, 3), {}, ["4 channels", "filters, channels"]),
        (ops.conv_transpose, (1, 5, 4), (3, 3, 4), {"padding": "causal"}, ["'causal'"]),
        (ops.conv_transpose, (1, 5, 4), (3, 3, 4), {"output_padding": -1}, ["at least 0"]),
        (ops.conv_transpose, (1, 5), (3, 3), {}, ["conv_transpose", "rank 3, 4 or 5"]),
    ],
)
def test_mistakes_with_relatives_are_named(function, inputs, kernel, arguments, words):
    with pytest.raises(ValueError) as error:
        function(np.ones(inputs), np.ones(kernel), **arguments)
    assert all(word in str(error.value) for word in words), str(error.value)
