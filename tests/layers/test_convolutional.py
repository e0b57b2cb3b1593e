"""Convolutional layers: what no other test says of them."""

import numpy as np
import pytest

from gyeol import layers


def test_a_causal_output_sees_no_later_input():
    layer = layers.Conv1D(3, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(0).normal(size=(1, 9, 2)).astype("float32")
    before = np.asarray(layer(x))
    changed = x.copy()
    changed[:, 5] += 1
    differs = (np.asarray(layer(changed)) != before).any((0, 2))
    assert differs.tolist() == [False] * 5 + [True, False, True, False]


def test_a_subclass_may_change_the_kernel_first():
    class Centred(layers.Conv2D):
        def convolution_op(self, inputs, kernel):
            return super().convolution_op(inputs, kernel - kernel.value.mean())

    # All elements of the kernel are equal, so they are nothing but their mean.
    layer = Centred(2, 3, kernel_initializer="ones")
    assert not np.asarray(layer(np.ones((1, 4, 4, 2), "float32"))).any()


@pytest.mark.parametrize(
    "layer, config",
    [
        (layers.Conv2DTranspose, {"filters": 2}),
        (layers.DepthwiseConv2D, {}),
        (layers.SeparableConv1D, {"filters": 2, "kernel_initializer": "zeros"}),
    ],
)
def test_configs_of_keras_2_name_arguments_that_have_no_use(layer, config):
    config = {"kernel_size": 3, **config}
    assert layer.from_config({**config, "groups": 1}).kernel_size == (3,) * layer.rank
    with pytest.raises(TypeError, match="'groups'"):
        layer.from_config({**config, "groups": 2})
