"""A table: what a layer is wrongly made of, or called on -> the words that the error must hold."""

import jax
import numpy as np
import pytest

from gyeol import layers, random
from gyeol.layers import Input, InputSpec, Layer


def array(*shape):
    return np.ones(shape, "float32")


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


ARGUMENTS = {
    "Dense of none": (lambda: layers.Dense(0), ["Dense(units=...)", "positive", "0"]),
    "Dense of half": (lambda: layers.Dense(2.5), ["units", "2.5"]),
    "Dense of text": (lambda: layers.Dense("3"), ["units", "'3'"]),
    "Dense of truth": (lambda: layers.Dense(True), ["units", "True"]),
    "no such argument": (lambda: layers.Dense(2, unit=3), ["Dense", "'unit'"]),
    "no such activation": (lambda: layers.Dense(2, "relo"), ["'relo'", "relu"]),
    "a name with a slash": (lambda: layers.Dense(2, name="a/b"), ["'a/b'"]),
    "no filters": (lambda: layers.Conv2D(0, 3), ["Conv2D(filters=...)", "0"]),
    "kernel of three": (lambda: layers.Conv2D(2, (3, 3, 3)), ["kernel_size", "(3, 3, 3)"]),
    "kernel of none": (lambda: layers.Conv2D(2, 0), ["kernel_size", "0"]),
    "padding": (lambda: layers.Conv2D(2, 3, padding="full"), ["padding", "'valid'", "'full'"]),
    "groups": (lambda: layers.Conv2D(3, 3, groups=2), ["filters=3", "groups=2"]),
    "strides and dilation": (
        lambda: layers.Conv2D(3, 3, strides=2, dilation_rate=2),
        ["strides", "dilation_rate", "not both"],
    ),
    "data format": (lambda: layers.Conv2D(3, 3, data_format="nhwc"), ["channels_last", "'nhwc'"]),
    "pool of none": (lambda: layers.MaxPooling2D(0), ["MaxPooling2D(pool_size=...)", "0"]),
    "dropout above one": (lambda: layers.Dropout(1.5), ["rate", "0 to 1", "1.5"]),
    "dropout below zero": (lambda: layers.Dropout(-0.1), ["rate", "-0.1"]),
    "slope below zero": (lambda: layers.LeakyReLU(-1), ["negative_slope", "-1"]),
    "ceiling below zero": (lambda: layers.ReLU(max_value=-1), ["max_value", "-1"]),
    "padding below zero": (lambda: layers.ZeroPadding2D(-1), ["padding", "-1"]),
    "padding of three": (lambda: layers.ZeroPadding2D((1, 2, 3)), ["padding", "(1, 2, 3)"]),
    "output padding": (
        lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=2),
        ["Conv2DTranspose", "output_padding=2", "strides=(2, 2)"],
    ),
    "output padding below zero": (
        lambda: layers.Conv1DTranspose(2, 3, output_padding=-1),
        ["Conv1DTranspose(output_padding=...)", "at least 0", "-1"],
    ),
    "causal pictures": (
        lambda: layers.Conv2D(2, 3, padding="causal"),
        ["Conv2D(padding=...)", "'valid'", "'causal'"],
    ),
    "no depth": (
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=0),
        ["depth_multiplier", "0"],
    ),
    "cropping below zero": (lambda: layers.Cropping1D((1, -1)), ["cropping", "(1, -1)"]),
    "cropping of one": (lambda: layers.Cropping2D((1,)), ["cropping", "rows", "(1,)"]),
    "padding of a half": (lambda: layers.ZeroPadding1D(0.5), ["padding", "start", "0.5"]),
    "an axis twice": (lambda: layers.Permute((1, 1)), ["Permute(dims=...)", "(1, 1)"]),
    "repeated never": (lambda: layers.RepeatVector(0), ["RepeatVector(n=...)", "0"]),
    "a size for each axis": (lambda: layers.UpSampling1D((2,)), ["size", "(2,)"]),
    "no such interpolation": (
        lambda: layers.UpSampling2D(interpolation="cubic"),
        ["interpolation", "'bicubic'", "'cubic'"],
    ),
    "Dot over the batch": (lambda: layers.Dot(0), ["Dot(axes=...)", "batch", "0"]),
    "no windows": (
        lambda: layers.AdaptiveMaxPooling1D(0),
        ["AdaptiveMaxPooling1D(output_size=...)", "0"],
    ),
    "renorm clipping": (
        lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"max": 1}),
        ["rmin", "'max'"],
    ),
    "no shape": (lambda: Input(), ["Input", "shape"]),
    "a shape of text": (lambda: Input(("a",)), ["whole numbers", "'a'"]),
    "a dtype that is none": (lambda: layers.Dense(1, dtype="foo"), ["'foo'", "'float32'"]),
    "a mixed policy of its own": (lambda: layers.Dense(1, dtype="mixed_int8"), ["mixed_bfloat16"]),
}
CALLS = {
    "one sample": (built(layers.Dense(2, name="it"), 4), array(4), ["'it'", "(4,)", "x[None]"]),
    "Flatten forgotten": (
        built(layers.Dense(2, name="it"), 12),
        array(5, 3, 4),
        ["'it'", "(5, 3, 4)", "12", "Flatten"],
    ),
    "other features": (
        built(layers.Dense(2, name="it"), 4),
        array(5, 3),
        ["'it' (Dense)", "4", "3"],
    ),
    "pictures without channels": (
        layers.Conv2D(2, 3, name="it"),
        array(5, 28, 28),
        ["'it' (Conv2D)", "4 axes", "x[..., None]"],
    ),
    "one picture": (
        built(layers.Conv2D(2, 3, name="it"), 8, 8, 3),
        array(8, 8, 3),
        ["'it'", "x[None]"],
    ),
    "other channels": (
        built(layers.Conv2D(2, 3, name="it"), 8, 8, 3),
        array(5, 8, 8, 4),
        ["'it'", "3", "4"],
    ),
    "a window larger than the picture": (
        built(layers.Conv2D(2, 5, name="it"), 8, 8, 3),
        array(5, 4, 4, 3),
        ["'it'", "larger"],
    ),
    "channels and groups": (
        layers.Conv2D(4, 3, groups=2, name="it"),
        array(5, 8, 8, 3),
        ["'it'", "groups=2"],
    ),
    "sequences without channels": (
        layers.Conv1D(2, 3, name="it"),
        array(5, 28),
        ["'it' (Conv1D)", "3 axes", "x[..., None]"],
    ),
    "one sequence": (
        built(layers.SeparableConv1D(2, 3, name="it"), 8, 3),
        array(8, 3),
        ["'it'", "one sample", "x[None]"],
    ),
    "cropping of all": (
        layers.Cropping2D(4, name="it"),
        array(2, 8, 8, 3),
        ["'it' (Cropping2D)", "axis 1"],
    ),
    "one input to Subtract": (
        layers.Subtract(name="it"),
        [array(5, 4)] * 3,
        ["'it' (Subtract)", "2 inputs", "3"],
    ),
    "sizes that do not multiply": (
        layers.Dot(1, name="it"),
        [array(5, 4), array(5, 3)],
        ["'it' (Dot)", "(1, 1)", "(5, 3)"],
    ),
    "Dot along no axis": (layers.Dot(2, name="it"), [array(5, 4)] * 2, ["'it' (Dot)", "(2, 2)"]),
    "pooling of tables": (layers.MaxPooling2D(name="it"), array(5, 4), ["'it'", "4 axes"]),
    "another axis": (
        built(layers.BatchNormalization(name="it"), 3),
        array(5, 4),
        ["'it'", "3", "4"],
    ),
    "an axis that is not there": (
        layers.BatchNormalization(axis=3, name="it"),
        array(5, 4),
        ["'it'", "axis 3"],
    ),
    "softmax along nothing": (layers.Softmax(axis=2, name="it"), array(5, 4), ["'it'", "axis=2"]),
    "one input to Add": (layers.Add(name="it"), array(5, 4), ["'it' (Add)", "at least 2"]),
    "shapes that do not add": (
        layers.Add(name="it"),
        [array(5, 4), array(5, 3)],
        ["'it'", "(5, 4)"],
    ),
    "shapes that do not join": (
        layers.Concatenate(name="it"),
        [array(5, 4, 2), array(5, 3, 3)],
        ["'it'", "axis -1", "(5, 3, 3)"],
    ),
    "a size that does not fit": (layers.Reshape((3, 2), name="it"), array(5, 7), ["'it'", "7"]),
    "Reshape of too many": (layers.Reshape((-1, -1), name="it"), array(5, 8), ["'it'"]),
}


def assert_words(error, words):
    for word in words:
        assert word in str(error.value), f"{word!r} is not in: {error.value}"


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments(case):
    make, words = ARGUMENTS[case]
    with pytest.raises((TypeError, ValueError)) as error:
        make()
    assert_words(error, words)


@pytest.mark.parametrize("case", CALLS)
def test_calls(case):
    layer, inputs, words = CALLS[case]
    before = layer.built
    with pytest.raises(ValueError) as error:
        layer(inputs)
    assert_words(error, words)
    with pytest.raises(ValueError) as error:
        tensors = [Input(x.shape[1:]) for x in (inputs if isinstance(inputs, list) else [inputs])]
        layer(tensors if isinstance(inputs, list) else tensors[0])
    assert_words(error, words[:1])
    merging = (layers.Add, layers.Concatenate, layers.Dot, layers.Subtract, layers.Cropping2D)
    assert layer.built is before or type(layer) in merging


@pytest.mark.parametrize("layer", [layers.Dense(2, name="it"), layers.Conv2D(2, 3, name="it")])
def test_a_size_that_must_be_known(layer):
    open_shape = (None,) if isinstance(layer, layers.Dense) else (8, 8, None)
    with pytest.raises(ValueError, match="'it'"):
        layer(Input(open_shape))


@pytest.mark.parametrize(
    "given",
    [{"sparse": True}, {"ragged": True}],
)
def test_what_is_not_supported_is_named(given):
    with pytest.raises(NotImplementedError, match="sparse and ragged"):
        Input((3,), **given)
    with pytest.raises(NotImplementedError, match="lora_rank=4"):
        layers.Dense(2, lora_rank=4)
    with pytest.raises(NotImplementedError, match="synchronized=True"):
        layers.BatchNormalization(synchronized=True)


@pytest.mark.parametrize(
    "spec,shape,words",
    [
        (InputSpec(ndim=3), (2, 3), "3 axes and got 2"),
        (InputSpec(min_ndim=3), (2, 3), "at least 3"),
        (InputSpec(max_ndim=1), (2, 3), "at most 1"),
        (InputSpec(axes={-1: 4}), (2, 3), "size 4 on axis -1 and got 3"),
        (InputSpec(shape=(None, 4)), (2, 3), "size 4 on axis 1 and got 3"),
        (InputSpec(shape=(None, 3)), (2, 3), None),
        (InputSpec(axes={-1: 4}), (2, None), None),
        (InputSpec(), (2, 3), None),
    ],
)
def test_input_spec(spec, shape, words):
    problem = spec.problem(shape)
    assert problem is None if words is None else words in problem


def test_input_specs_of_several_inputs():
    class Pair(Layer):
        def __init__(self):
            super().__init__(name="pair")
            self.input_spec = [InputSpec(ndim=2), InputSpec(axes={-1: 3})]

        def call(self, inputs):
            return inputs[0] + inputs[1]

    Pair()([array(2, 3), array(2, 3)])
    with pytest.raises(ValueError, match=r"'pair'.*size 3 on axis -1 and got 4"):
        Pair()([array(2, 3), array(2, 4)])


def test_dropout_draws_from_the_stream_it_is_called_in():
    layer, seeded = layers.Dropout(0.5), layers.Dropout(0.5, seed=1)

    def masks(key):
        with random.stream(jax.random.key(key)):
            return [np.asarray(d(array(64), training=True)).tolist() for d in (layer, seeded)]

    assert masks(0) == masks(0) != masks(1)
    assert masks(0)[0] != masks(0)[1]
