"""What normalization layers promise beside Keras's numbers (which `tests/parity` holds)."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import layers
from gyeol.layers import BatchNormalization, GroupNormalization, LayerNormalization
from gyeol.variable import restoring

RNG = np.random.default_rng(0)


def test_normalized_values_have_mean_0_and_variance_1():
    x = RNG.normal(5, 3, (4, 6, 8)).astype("float32")
    cases = (
        (LayerNormalization(epsilon=1e-7), (2,)),
        (LayerNormalization([1, 2], epsilon=1e-7), (1, 2)),
        (GroupNormalization(1, epsilon=1e-7), (1, 2)),
        (GroupNormalization(-1, epsilon=1e-7), (1,)),
    )
    outputs = jax.jit(lambda x: [layer(x) for layer, _ in cases])(x)
    for y, (_, axes) in zip(outputs, cases):
        y = np.asarray(y)
        np.testing.assert_allclose(y.mean(axes), 0, atol=1e-5)
        np.testing.assert_allclose(y.var(axes), 1, rtol=1e-4)


def test_masked_rows_change_no_statistics():
    x = RNG.normal(size=(4, 3, 2)).astype("float32")
    mask = jnp.array([[True, True, False]] * 4)
    short, long = BatchNormalization(), BatchNormalization()
    short(x[:, :2], training=True)
    long(np.concatenate([x[:, :2], 1e3 * x[:, 2:]], 1), training=True, mask=mask)
    for mine, other in zip(long.get_weights(), short.get_weights()):
        np.testing.assert_allclose(mine, other, rtol=1e-5)


def test_half_precision_does_not_overflow():
    # The square of 1000 is more than float16 holds.
    x = np.array([[1000.0, -1000.0], [1000.0, 1000.0]], "float16")
    of_rows = [
        LayerNormalization(dtype="float16"),
        GroupNormalization(1, dtype="float16"),
        layers.RMSNormalization(dtype="float16"),
        layers.UnitNormalization(dtype="float16"),
    ]
    of_batches = BatchNormalization(dtype="float16")

    def run(x):
        return [*(layer(x) for layer in of_rows), of_batches(x, training=True)]

    with restoring():
        outputs = jax.jit(run)(x)
    for y in outputs:
        assert y.dtype == "float16" and np.isfinite(y).all() and np.abs(y[0]).max() > 0.5


def test_a_row_of_zeros_stays_and_has_a_gradient():
    layer = layers.UnitNormalization()
    x = jnp.array([[0.0, 0.0], [3.0, 4.0]])
    gradient = jax.grad(lambda x: layer(x).sum())(x)
    np.testing.assert_array_equal(layer(x)[0], [0, 0])
    assert np.isfinite(gradient).all()


def test_layers_that_see_one_step_at_a_time_let_masks_pass():
    for name in ("Layer", "Unit", "Batch"):
        assert getattr(layers, f"{name}Normalization")().supports_masking
    assert GroupNormalization(2).supports_masking


@pytest.mark.parametrize(
    "run, words",
    [
        (lambda: GroupNormalization(0), ["GroupNormalization(groups=...)", "got 0"]),
        (
            lambda: GroupNormalization(3, name="it").build((None, 4)),
            ["'it'", "4 channels", "3 groups", "divisor of 4"],
        ),
        (
            lambda: LayerNormalization(3, name="it").build((None, 4)),
            ["'it' (LayerNormalization)", "axis 3", "(None, 4)"],
        ),
        (
            lambda: layers.RMSNormalization(name="it").build((4, None)),
            ["'it' (RMSNormalization)", "known size on axis -1"],
        ),
        (
            lambda: BatchNormalization(name="it")(np.ones((2, 3, 4)), mask=jnp.ones((2,))),
            ["'it'", "one axis less", "(2,)", "(2, 3, 4)"],
        ),
        (lambda: LayerNormalization(rms_scaling=True), ["rms_scaling=True", "not supported"]),
        (lambda: layers.UnitNormalization(axis="x"), ["UnitNormalization(axis=...)", "'x'"]),
    ],
)
def test_messages(run, words):
    with pytest.raises((ValueError, TypeError, NotImplementedError)) as error:
        run()
    for word in words:
        assert word in str(error.value), error.value
