"""ops.arrays, ops.blocks and ops.signal: what goes there and back, and what is refused."""

import numpy as np
import pytest

from gyeol import ops

X = np.random.default_rng(0).normal(size=(2, 4, 6, 8)).astype("float32")


def test_rearrange_divides_orders_and_joins():
    result = ops.rearrange(X, "b (h two) w (c four) -> (b two) c (w h) four", two=2, four=4)
    expected = X.reshape(2, 2, 2, 6, 2, 4).transpose(0, 2, 4, 3, 1, 5).reshape(4, 2, 12, 4)
    np.testing.assert_array_equal(result, expected)
    back = ops.rearrange(result, "(b two) c (w h) four -> b (h two) w (c four)", two=2, h=2)
    np.testing.assert_array_equal(back, X)


@pytest.mark.parametrize(
    "pattern, lengths, words",
    [
        ("a b c -> c b a", {}, "4 axes"),
        ("a b c d -> a b c", {}, "the same on both sides"),
        ("a b c (d e) -> a b c d e", {}, "lengths of all"),
        ("a b c (d e) -> a b c d e", {"d": 3}, "length 8"),
    ],
)
def test_patterns_that_do_not_fit(pattern, lengths, words):
    with pytest.raises(ValueError, match=words):
        ops.rearrange(X, pattern, **lengths)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_space_and_depth_are_inverse(data_format):
    deep = ops.space_to_depth(X, 2, data_format)
    np.testing.assert_array_equal(ops.depth_to_space(deep, 2, data_format), X)


def test_fold_adds_what_unfold_saw_as_often_as_it_was_seen():
    seen = ops.unfold(X, 3, padding=1)
    times = ops.fold(ops.unfold(np.ones_like(X), 3, padding=1), X.shape[2:], 3, padding=1)
    np.testing.assert_allclose(ops.fold(seen, X.shape[2:], 3, padding=1), X * times, rtol=1e-5)
    with pytest.raises(ValueError, match=r"channels \* 9, 48"):
        ops.fold(seen[:, :, 1:], X.shape[2:], 3, padding=1)


@pytest.mark.parametrize("arguments", [(6, 3, 8, "hann"), (8, 2, 8, "hamming")])
def test_istft_undoes_stft(arguments):
    *sizes, window = arguments
    signal = np.random.default_rng(0).normal(size=(2, 48)).astype("float32")
    parts = ops.stft(signal, *sizes, window)
    result = np.asarray(ops.istft(parts, *sizes, length=40, window=window))
    np.testing.assert_allclose(result, signal[:, :40], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: ops.stft(np.ones(9), 6, 2, 4), "fft_length must be at least"),
        (lambda: ops.stft(np.ones(9), 4, 2, 4, window="kaiser"), "got 'kaiser'"),
        (lambda: ops.stft(np.ones(9), 4, 2, 4, window=np.ones(3)), r"got shape \(3,\)"),
        (lambda: ops.fft(np.ones(4)), "pair"),
        (lambda: ops.fft((np.ones(4), np.ones(3))), "one shape"),
        (lambda: ops.view_as_complex(np.ones((2, 3))), "pairs along the last axis"),
        (lambda: ops.searchsorted(np.ones((2, 3)), 1.0), "one axis"),
        (lambda: ops.qr(np.eye(2), mode="full"), "'reduced' or 'complete'"),
        (lambda: ops.cholesky(-np.eye(2)), "not positive definite"),
        (lambda: ops.normalize(np.ones(2), order=0), "from 1"),
        (lambda: ops.multi_hot([1]), "num_classes"),
        (lambda: ops.multi_hot([1], 2, size=3), "no argument 'size'"),
        (lambda: ops.psnr(np.ones(2), np.ones(3), 1.0), "one shape"),
        (lambda: ops.dot_product_attention(*[np.ones((2, 3, 4))] * 3), "batch, time, heads, size"),
    ],
)
def test_mistakes_are_named(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
