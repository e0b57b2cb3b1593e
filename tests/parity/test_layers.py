"""Layers give Keras's outputs, gradients, shapes, variables and configs."""

import inspect
import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import layers, serialization
from gyeol.masking import get_mask, set_mask

# Sums of some tens of terms of order 1, in another order of summation.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


def pair(name, kwargs):
    """gyeol's layer and Keras's, with one name."""
    return [getattr(module, name)(name="it", **kwargs) for module in (layers, keras.layers)]


def plain(config):
    """A config as a file holds it."""
    return json.loads(json.dumps(config))


def described(variables):
    return [(v.path, v.name, tuple(v.shape), v.dtype) for v in variables]


def drawn(rng, shape, dtype="float32"):
    if dtype == "uint8":
        return rng.integers(0, 256, shape).astype(dtype)
    return rng.normal(size=shape).astype(dtype)


def symbolic(module, shapes, dtype="float32"):
    inputs = [module.Input(batch_shape=shape, dtype=dtype) for shape in shapes]
    return inputs[0] if len(inputs) == 1 else inputs


def check_shapes(ours, theirs, shapes, dtype="float32"):
    """Equal symbolic outputs; both layers are built for the shapes afterwards."""
    mine = ours(symbolic(layers, shapes, dtype))
    other = theirs(symbolic(keras.layers, shapes, dtype))
    assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
    shape = shapes[0] if len(shapes) == 1 else list(shapes)
    # Some of Keras's are lists.
    assert ours.compute_output_shape(shape) == tuple(theirs.compute_output_shape(shape))


def share_weights(ours, theirs, rng):
    assert described(ours.weights) == described(theirs.weights)
    assert described(ours.trainable_weights) == described(theirs.trainable_weights)
    values = [
        # Variances and deviations are positive.
        rng.uniform(0.5, 1.5, v.shape).astype(v.dtype)
        if "variance" in v.name or "stddev" in v.name
        else rng.normal(size=v.shape).astype(v.dtype)
        for v in ours.weights
    ]
    ours.set_weights(values)
    theirs.set_weights(values)


def results(layer, inputs, training):
    """Outputs, gradients with respect to inputs and trainable variables, other variables after."""
    training = {} if training is None else {"training": training}
    is_float = jnp.issubdtype(jax.tree.leaves(inputs)[0].dtype, jnp.floating)

    def run(trainable, others, inputs):
        def forward(trainable, floats):
            given = floats if is_float else inputs
            return layer.stateless_call(trainable, others, given, **training)

        outputs, back, after = jax.vjp(forward, trainable, inputs if is_float else (), has_aux=True)
        # Any fixed numbers will do; random ones would cost most of the compilation.
        cotangent = jnp.sin(1.7 * jnp.arange(outputs.size)).reshape(outputs.shape)
        # Keras counts the state of random generators to the variables, after the weights.
        after = after[: len(layer.non_trainable_weights)]
        return outputs, back(cotangent.astype(outputs.dtype)), after

    trainable = [v.value for v in layer.trainable_variables]
    return run, (trainable, [v.value for v in layer.non_trainable_variables], inputs)


def assert_same_results(ours, theirs, inputs, training=None, **tolerance):
    """Both in one compiled program, which halves the time that compilation takes."""
    (mine, my_args), (other, other_args) = (
        results(layer, inputs, training) for layer in (ours, theirs)
    )
    both = jax.jit(lambda a, b: (mine(*a), other(*b)))
    assert_close(*both(my_args, other_args), **(tolerance or TOLERANCE))


def assert_close(ours, theirs, **tolerance):
    ours, theirs = jax.tree.leaves(ours), jax.tree.leaves(theirs)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(
            np.asarray(mine, "float32"), np.asarray(other, "float32"), **tolerance
        )


def check(name, kwargs, *shapes, training=None, dtype="float32", seed=0, open_sizes=False):
    """Everything that can be compared of one layer on inputs of these shapes."""
    rng = np.random.default_rng(seed)
    ours, theirs = pair(name, kwargs)
    assert_same_config(ours, theirs)
    open_shapes = [
        (None, *(None if open_sizes and i < len(shape) - 2 else s for i, s in enumerate(shape[1:])))
        for shape in shapes
    ]
    check_shapes(ours, theirs, open_shapes, dtype)
    share_weights(ours, theirs, rng)
    inputs = [drawn(rng, shape, dtype) for shape in shapes]
    inputs = inputs[0] if len(inputs) == 1 else inputs
    assert_same_results(ours, theirs, inputs, training)


def check_all(name, cases):
    """`check` of one layer with several arguments, compiled together.

    Args:
        name: the layer.
        cases: for each, the arguments and the shapes of the inputs.
    """
    rng = np.random.default_rng(0)
    programs, arguments = [], []
    for kwargs, *shapes in cases:
        ours, theirs = pair(name, kwargs)
        assert_same_config(ours, theirs)
        check_shapes(ours, theirs, [(None, *shape[1:]) for shape in shapes])
        share_weights(ours, theirs, rng)
        inputs = [drawn(rng, shape) for shape in shapes]
        inputs = inputs[0] if len(inputs) == 1 else inputs
        both = [results(layer, inputs, None) for layer in (ours, theirs)]
        programs.append([run for run, _ in both])
        arguments.append([given for _, given in both])
    found = jax.jit(
        lambda arguments: [
            [run(*given) for run, given in zip(runs, both)]
            for runs, both in zip(programs, arguments)
        ]
    )(arguments)
    for (mine, other), case in zip(found, cases):
        assert_close(mine, other, **TOLERANCE, err_msg=f"{name} {case}")


def assert_same_config(ours, theirs):
    assert plain(ours.get_config()) == plain(theirs.get_config())
    again = type(ours).from_config(plain(theirs.get_config()))
    assert plain(again.get_config()) == plain(ours.get_config())
    written = keras.saving.deserialize_keras_object(plain(serialization.serialize(ours)))
    assert plain(written.get_config()) == plain(theirs.get_config())


seeds = st.integers(0, 2**31)
formats = st.sampled_from(["channels_last", "channels_first"])
paddings = st.sampled_from(["valid", "same"])


def image(data_format, size=(7, 6), channels=4, batch=2):
    if data_format == "channels_last":
        return (batch, *size, channels)
    return (batch, channels, *size)


@settings(max_examples=8)
@given(
    units=st.integers(2, 5),
    activation=st.sampled_from([None, "relu", "softmax", "tanh"]),
    use_bias=st.booleans(),
    shape=st.sampled_from([(3, 4), (2, 3, 4), (2, 3, 2, 5)]),
    seed=seeds,
)
def test_dense(units, activation, use_bias, shape, seed):
    kwargs = {"units": units, "activation": activation, "use_bias": use_bias}
    check("Dense", {**kwargs, "kernel_initializer": "ones"}, shape, seed=seed)


# Halves are exact in float32, to which Keras rounds the factors of L1.
L1 = {"module": "keras.regularizers", "class_name": "L1", "config": {"l1": 0.5}}
REGULARIZED = {
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "bias_regularizer": L1,
    "activity_regularizer": "L1L2",
    "kernel_constraint": "max_norm",
    "bias_constraint": "non_neg",
    "trainable": False,
}


@pytest.mark.parametrize(
    "name,kwargs,shape",
    [
        ("Dense", {"units": 3, **REGULARIZED}, (2, 4)),
        ("Conv2D", {"filters": 3, "kernel_size": 2, **REGULARIZED}, (2, 4, 4, 2)),
    ],
)
def test_initializers_regularizers_and_constraints(name, kwargs, shape):
    check(name, kwargs, shape)
    ours, theirs = pair(name, kwargs)
    ours.build((None, *shape[1:]))
    theirs.build((None, *shape[1:]))
    np.testing.assert_array_equal(ours.bias.numpy(), theirs.bias.numpy())
    assert ours.kernel.regularizer.get_config() == theirs.kernel.regularizer.get_config()
    assert ours.kernel.constraint.get_config() == theirs.kernel.constraint.get_config()


@settings(max_examples=14)
@given(
    kernel_size=st.sampled_from([1, 3, (2, 3)]),
    strides=st.sampled_from([1, 2, (2, 1)]),
    dilation_rate=st.sampled_from([1, 1, 2, (1, 2)]),
    padding=paddings,
    groups=st.sampled_from([1, 2]),
    data_format=formats,
    use_bias=st.booleans(),
    activation=st.sampled_from([None, "relu"]),
    seed=seeds,
)
def test_conv2d(seed, **kwargs):
    if np.max(kwargs["dilation_rate"]) > 1:
        kwargs["strides"] = 1
    check(
        "Conv2D",
        {"filters": 6, "kernel_initializer": "ones", **kwargs},
        image(kwargs["data_format"]),
        seed=seed,
    )


SEQUENCE, PICTURE, VOLUME = (2, 7, 4), (2, 6, 5, 4), (2, 4, 3, 5, 2)
SIZES = {1: SEQUENCE, 2: PICTURE, 3: VOLUME}


def channels_first(shape):
    return (shape[0], shape[-1], *shape[1:-1])


CONVOLUTIONS = {
    "Conv1D": [
        ({"padding": "causal", "dilation_rate": 2, "activation": "relu"}, SEQUENCE),
        ({"padding": "CAUSAL", "data_format": "channels_first"}, channels_first(SEQUENCE)),
        ({"padding": "causal", "strides": 2, "use_bias": False}, SEQUENCE),
        ({"padding": "same", "strides": 3, "groups": 2}, SEQUENCE),
    ],
    "Conv3D": [
        ({"kernel_size": (2, 1, 3), "padding": "same", "activation": "tanh"}, VOLUME),
        (
            {"kernel_size": 2, "dilation_rate": (2, 1, 2), "data_format": "channels_first"},
            channels_first(VOLUME),
        ),
    ],
    "Conv2D": [({"groups": 4, "filters": 8}, PICTURE)],
    "Conv1DTranspose": [
        ({"strides": 2, "padding": "same", "activation": "relu"}, SEQUENCE),
        ({"strides": 4, "output_padding": 3}, SEQUENCE),
        ({"dilation_rate": 2, "data_format": "channels_first"}, channels_first(SEQUENCE)),
    ],
    "Conv2DTranspose": [
        ({"strides": 2, "padding": "same"}, PICTURE),
        ({"strides": (3, 2), "kernel_size": (2, 5), "use_bias": False}, PICTURE),
        ({"strides": 2, "padding": "same", "output_padding": (1, 0)}, PICTURE),
        ({"padding": "same", "data_format": "channels_first"}, channels_first(PICTURE)),
    ],
    "Conv3DTranspose": [
        ({"strides": (2, 1, 2), "padding": "same", "kernel_size": (2, 1, 3)}, VOLUME),
        ({"kernel_size": 2, "data_format": "channels_first"}, channels_first(VOLUME)),
    ],
    "DepthwiseConv1D": [
        ({"depth_multiplier": 2, "strides": 2, "padding": "same"}, SEQUENCE),
        ({"dilation_rate": 2, "data_format": "channels_first"}, channels_first(SEQUENCE)),
        ({}, (2, 5, 1)),
    ],
    "DepthwiseConv2D": [
        ({"depth_multiplier": 3, "activation": "relu"}, PICTURE),
        ({"depth_multiplier": 9, "kernel_size": 2, "use_bias": False}, (2, 3, 3, 2)),
        ({"strides": 2, "padding": "same", "data_format": "channels_first"}, (2, 4, 6, 5)),
    ],
    "SeparableConv1D": [
        ({"depth_multiplier": 2, "padding": "same", "activation": "relu"}, SEQUENCE),
        ({"strides": 2, "data_format": "channels_first"}, channels_first(SEQUENCE)),
    ],
    "SeparableConv2D": [
        ({"padding": "same", "strides": 2}, PICTURE),
        ({"dilation_rate": (2, 1), "depth_multiplier": 2, "use_bias": False}, PICTURE),
    ],
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions(name):
    filters = {} if name.startswith("Depthwise") else {"filters": 6}
    cases = [({"kernel_size": 3, **filters, **kwargs}, x) for kwargs, x in CONVOLUTIONS[name]]
    check_all(name, cases)


@pytest.mark.parametrize("name", ["Conv1DTranspose", "DepthwiseConv2D", "SeparableConv2D"])
def test_configs_of_convolutions_with_all_arguments(name):
    layer = getattr(layers, name)
    signature = inspect.signature(layer.__init__).parameters
    sizes = {"filters": 3, "kernel_size": 2, "depth_multiplier": 2, "trainable": False}
    kwargs = {argument: value for argument, value in sizes.items() if argument in signature}
    for argument in signature:
        for ending, value in (
            ("initializer", "he_normal"),
            ("regularizer", "l2"),
            ("constraint", "non_neg"),
        ):
            if argument.endswith(ending):
                kwargs[argument] = value
    ours, theirs = pair(name, kwargs)
    assert_same_config(ours, theirs)
    shape = (None, 5, 5, 2)[: layer.rank + 2]
    ours.build(shape), theirs.build(shape)
    for mine, other in zip(ours.weights, theirs.weights):
        assert mine.name == other.name
        assert mine.regularizer.get_config() == other.regularizer.get_config()
        assert mine.constraint.get_config() == other.constraint.get_config()


@pytest.mark.parametrize("name", ["Conv1D", "Conv2DTranspose", "DepthwiseConv2D"])
def test_mixed_precision_of_convolutions(name):
    sizes = {"kernel_size": 3} if name.startswith("D") else {"filters": 3, "kernel_size": 3}
    layer, theirs = pair(name, {**sizes, "dtype": "mixed_bfloat16"})
    shape = SIZES[layer.rank]
    check_shapes(layer, theirs, [(None, *shape[1:])])
    share_weights(layer, theirs, np.random.default_rng(0))
    x = drawn(np.random.default_rng(1), shape)
    mine, other = jax.jit(lambda x: (layer(x), theirs(x)))(x)
    # Sums of 10 to 40 terms of order 1, rounded to 8 bits at other places.
    assert_close(mine, other, rtol=1e-1, atol=1e-1)


POOLINGS = {
    "MaxPooling": [({}, None), ({"pool_size": 3, "strides": 2, "padding": "same"}, None)],
    "AveragePooling": [
        ({"pool_size": 2, "padding": "same"}, None),
        ({"pool_size": 3, "strides": 1}, None),
    ],
    "GlobalMaxPooling": [({}, None), ({"keepdims": True}, None)],
    "GlobalAveragePooling": [({}, None), ({"keepdims": True}, None)],
}


@pytest.mark.parametrize("rank", [1, 3])
@pytest.mark.parametrize("kind", POOLINGS)
def test_poolings(kind, rank):
    shape = SIZES[rank]
    cases = [(kwargs, shape) for kwargs, _ in POOLINGS[kind]]
    last = {**cases[-1][0], "data_format": "channels_first"}
    check_all(f"{kind}{rank}D", [*cases, (last, channels_first(shape))])


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["AdaptiveAveragePooling", "AdaptiveMaxPooling"])
def test_adaptive_poolings(kind, rank):
    # Keras gives NaN for some sizes, such as 7 windows of 7 places.
    case = {
        1: ({"output_size": 3}, SEQUENCE),
        2: ({"output_size": (4, 2), "data_format": "channels_first"}, channels_first(PICTURE)),
        3: ({"output_size": [3, 2, 4]}, VOLUME),
    }[rank]
    check_all(f"{kind}{rank}D", [case])


@pytest.mark.parametrize("name", ["MaxPooling2D", "AveragePooling2D"])
@settings(max_examples=6)
@given(
    pool_size=st.sampled_from([2, 3, (2, 3)]),
    strides=st.sampled_from([None, 1, 2, (1, 2)]),
    padding=paddings,
    data_format=formats,
    seed=seeds,
)
def test_pooling(name, seed, **kwargs):
    check(name, kwargs, image(kwargs["data_format"], channels=2), seed=seed)


@pytest.mark.parametrize("name", ["GlobalAveragePooling2D", "GlobalMaxPooling2D"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first", None])
def test_global_pooling(name, keepdims, data_format):
    shape = image(data_format or "channels_last", channels=2)
    check(name, {"keepdims": keepdims, "data_format": data_format}, shape)


@pytest.mark.parametrize(
    "kwargs,shape",
    [
        ({}, (3, 2, 4)),
        ({}, (3, 5)),
        ({}, (3,)),
        ({}, (2, 3, 2, 4)),
        ({"data_format": "channels_first"}, (2, 3, 2, 4)),
        ({"data_format": "channels_first"}, (2, 3)),
        ({"data_format": "channels_first"}, (2,)),
    ],
)
def test_flatten(kwargs, shape):
    check("Flatten", kwargs, shape)


@pytest.mark.parametrize(
    "target,shape",
    [((2, 6), (3, 4, 3)), ((-1,), (3, 4, 3)), ((3, -1, 2), (3, 4, 3)), ((12, 1), (3, 12))],
)
def test_reshape(target, shape):
    check("Reshape", {"target_shape": target}, shape)


@pytest.mark.parametrize("padding", [1, 0, (1, 2), ((1, 0), (2, 3)), (1, (0, 2))])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_zero_padding(padding, data_format):
    kwargs = {"padding": padding, "data_format": data_format}
    check("ZeroPadding2D", kwargs, image(data_format, channels=2))


@pytest.mark.parametrize(
    "name,cases",
    {
        "ZeroPadding1D": [
            ({"padding": (2, 0)}, SEQUENCE),
            ({"data_format": "channels_first"}, channels_first(SEQUENCE)),
        ],
        "ZeroPadding3D": [
            ({}, VOLUME),
            ({"padding": ((0, 1), (2, 0), (1, 1))}, VOLUME),
            ({"padding": 2, "data_format": "channels_first"}, channels_first(VOLUME)),
        ],
        "Cropping1D": [
            ({}, SEQUENCE),
            ({"cropping": (0, 3)}, SEQUENCE),
            ({"cropping": 2}, SEQUENCE),
        ],
        "Cropping2D": [
            ({}, PICTURE),
            ({"cropping": (1, 2)}, PICTURE),
            ({"cropping": ((1, 0), (0, 2)), "data_format": "channels_first"}, (2, 3, 6, 5)),
        ],
        "Cropping3D": [
            ({}, VOLUME),
            ({"cropping": ((1, 0), (0, 1), (0, 0))}, VOLUME),
            ({"cropping": 1, "data_format": "channels_first"}, channels_first(VOLUME)),
        ],
        "UpSampling1D": [({}, SEQUENCE), ({"size": 3}, SEQUENCE)],
        "UpSampling2D": [
            ({}, PICTURE),
            ({"size": (1, 3), "data_format": "channels_first"}, channels_first(PICTURE)),
            ({"interpolation": "bilinear", "data_format": "channels_first"}, (2, 3, 6, 5)),
            ({"interpolation": "bicubic", "size": (2, 3)}, PICTURE),
            ({"interpolation": "LANCZOS3"}, PICTURE),
        ],
        "UpSampling3D": [
            ({}, VOLUME),
            ({"size": (1, 2, 3), "data_format": "channels_first"}, channels_first(VOLUME)),
        ],
        "Permute": [({"dims": (2, 1)}, SEQUENCE), ({"dims": [3, 1, 2]}, PICTURE)],
        "RepeatVector": [({"n": 3}, (2, 5))],
        "ELU": [({}, SEQUENCE), ({"alpha": 0.3}, SEQUENCE)],
        "PReLU": [
            ({"alpha_initializer": "ones", "alpha_regularizer": "l2"}, SEQUENCE),
            ({"shared_axes": [1, 2], "alpha_constraint": "non_neg"}, PICTURE),
            ({"shared_axes": 1}, SEQUENCE),
            ({"shared_axes": [-1]}, PICTURE),
        ],
        "Identity": [({}, SEQUENCE)],
    }.items(),
)
def test_reshaping_and_activations(name, cases):
    check_all(name, cases)


@pytest.mark.parametrize(
    "name,kwargs",
    [
        ("Activation", {"activation": "selu"}),
        ("Activation", {"activation": None}),
        ("Softmax", {}),
        ("Softmax", {"axis": 1}),
        ("Softmax", {"axis": (1, 2)}),
        ("ReLU", {}),
        ("ReLU", {"max_value": 0.5}),
        ("ReLU", {"negative_slope": 0.2, "threshold": 0.3}),
        ("ReLU", {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.3}),
        ("LeakyReLU", {}),
        ("LeakyReLU", {"negative_slope": 0.1}),
        ("LeakyReLU", {"negative_slope": 0.0}),
    ],
)
def test_activations(name, kwargs):
    check(name, kwargs, (3, 4, 5))


def test_softmax_with_a_mask():
    ours, theirs = pair("Softmax", {})
    x = drawn(np.random.default_rng(0), (3, 5))
    mask = np.array([[1, 1, 0, 1, 1], [1, 0, 0, 0, 1], [0, 0, 0, 0, 0]], bool)
    assert_close(ours(x, mask=jnp.asarray(mask)), theirs(x, mask=jnp.asarray(mask)), **TOLERANCE)


@settings(max_examples=10)
@given(
    axis=st.sampled_from([-1, 1, 2]),
    momentum=st.sampled_from([0.99, 0.5]),
    epsilon=st.sampled_from([1e-3, 1e-5]),
    center=st.booleans(),
    scale=st.booleans(),
    renorm=st.sampled_from(
        [
            {},
            {"renorm": True},
            {"renorm": True, "renorm_clipping": {"rmin": 0.7, "rmax": 1.4, "dmax": 0.5}},
            {"renorm": True, "renorm_clipping": {"rmax": 1.2}, "renorm_momentum": 0.8},
        ]
    ),
    training=st.booleans(),
    seed=seeds,
)
def test_batch_normalization(renorm, training, seed, **kwargs):
    check("BatchNormalization", {**kwargs, **renorm}, (3, 4, 5), training=training, seed=seed)


@pytest.mark.parametrize("trainable", [True, False])
@pytest.mark.parametrize("renorm", [False, True])
def test_moving_averages_after_several_calls(trainable, renorm):
    kwargs = {"momentum": 0.7, "trainable": trainable, "renorm": renorm}
    ours, theirs = pair("BatchNormalization", kwargs)
    rng = np.random.default_rng(0)
    for _ in range(4):
        x = rng.normal(2.0, 3.0, (6, 3)).astype("float32")
        assert_close(ours(x, training=True), theirs(x, training=True), **TOLERANCE)
    assert described(ours.weights) == described(theirs.weights)
    assert_close(ours.get_weights(), theirs.get_weights(), **TOLERANCE)
    assert_close(ours(x), theirs(x), **TOLERANCE)


def test_batch_normalization_with_a_mask():
    ours, theirs = pair("BatchNormalization", {})
    x = drawn(np.random.default_rng(0), (3, 5, 2))
    mask = jnp.asarray(np.random.default_rng(1).random((3, 5)) < 0.6)
    mine, other = ours(x, training=True, mask=mask), theirs(x, training=True, mask=mask)
    assert_close(mine, other, **TOLERANCE)
    assert_close(ours.get_weights(), theirs.get_weights(), **TOLERANCE)


@pytest.mark.parametrize(
    "kwargs,dtype",
    [
        ({"scale": 1 / 255}, "uint8"),
        ({"scale": 1 / 127.5, "offset": -1}, "uint8"),
        ({"scale": 2.0, "offset": 0.5}, "float32"),
        ({"scale": [1.0, 2.0, 3.0], "offset": [0.0, 1.0, -1.0]}, "float32"),
    ],
)
def test_rescaling(kwargs, dtype):
    check("Rescaling", kwargs, (2, 4, 3), dtype=dtype)


@pytest.mark.parametrize(
    "shapes",
    [((3, 4), (3, 4)), ((3, 4, 2),) * 3, ((3, 1, 2), (3, 4, 1)), ((3, 2), (3, 4, 2))],
)
def test_add(shapes):
    check("Add", {}, *shapes)
    rng = np.random.default_rng(0)
    arrays = [drawn(rng, shape) for shape in shapes]
    assert_close(layers.add(arrays), keras.layers.add(arrays), **TOLERANCE)


MERGED = ["Subtract", "Multiply", "Average", "Maximum", "Minimum"]


@pytest.mark.parametrize("name", MERGED)
def test_merging(name):
    third = () if name == "Subtract" else ((3, 4, 2),)
    check_all(name, [({}, (3, 1, 2), (3, 4, 1), *third), ({}, (3, 2), (3, 4, 2))])
    rng = np.random.default_rng(0)
    arrays = [drawn(rng, (3, 4)) for _ in range(2)]
    mine, other = (getattr(m, name.lower())(arrays) for m in (layers, keras.layers))
    assert_close(mine, other, **TOLERANCE)


def test_dot():
    cases = [
        ({"axes": 1}, (3, 4), (3, 4)),
        ({"axes": -1, "normalize": True}, (3, 4), (3, 4)),
        ({"axes": (1, 2)}, (3, 4, 2), (3, 5, 4)),
        ({"axes": [2, 1]}, (3, 4, 2), (3, 2)),
        ({"axes": (1, 3), "normalize": True}, (3, 4), (3, 2, 5, 4)),
        ({"axes": (2, 2)}, (3, 4, 2, 5), (3, 5, 2, 2)),
    ]
    check_all("Dot", cases)
    rng = np.random.default_rng(0)
    arrays = [drawn(rng, (3, 4)) for _ in range(2)]
    mine, other = (m.dot(arrays, axes=-1, normalize=True) for m in (layers, keras.layers))
    assert_close(mine, other, **TOLERANCE)


MASKS = [np.array(rows, bool) for rows in ([[1, 1, 0], [0, 1, 1]], [[1, 0, 0], [1, 1, 1]])]


@pytest.mark.parametrize("first,second", [(0, 1), (0, None), (None, 1), (0, 0)])
@pytest.mark.parametrize("name", ["Add", *MERGED, "Concatenate", "Dot"])
def test_masks_of_merging(name, first, second):
    rng = np.random.default_rng(0)
    kwargs = {"axes": 2} if name == "Dot" else {}
    outputs = []
    arrays = [drawn(rng, (2, 3, 4)) for _ in range(2)]
    for layer in pair(name, kwargs):
        inputs = [jnp.asarray(array) for array in arrays]
        for x, number in zip(inputs, (first, second)):
            set_mask(x, None if number is None else jnp.asarray(MASKS[number]))
        outputs.append(layer(inputs))
    assert_close(*outputs, **TOLERANCE)
    mine, other = (get_mask(output) for output in outputs)
    if other is None:
        assert mine is None
    else:
        np.testing.assert_array_equal(mine, other)


def test_masks_of_concatenation_along_the_steps():
    x, y = jnp.ones((2, 3, 4)), jnp.ones((2, 3, 4))
    set_mask(x, jnp.asarray(MASKS[0]))
    mine, other = (layer([x, y]) for layer in pair("Concatenate", {"axis": 1}))
    np.testing.assert_array_equal(get_mask(mine), get_mask(other))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_the_mean_over_steps_leaves_masked_ones_out(data_format):
    x = jnp.asarray(drawn(np.random.default_rng(0), (2, 3, 4)))
    x = x if data_format == "channels_last" else jnp.swapaxes(x, 1, 2)
    set_mask(x, jnp.asarray(MASKS[0]))
    for keepdims in (False, True):
        kwargs = {"data_format": data_format, "keepdims": keepdims}
        mine, other = (layer(x) for layer in pair("GlobalAveragePooling1D", kwargs))
        assert_close(mine, other, **TOLERANCE)
        assert get_mask(mine) is None


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "ELU", "PReLU", "Identity"])
def test_activations_pass_masks_on(name):
    x = jnp.ones((2, 3, 4))
    set_mask(x, jnp.asarray(MASKS[0]))
    np.testing.assert_array_equal(get_mask(getattr(layers, name)()(x)), MASKS[0])


@pytest.mark.parametrize(
    "axis,shapes",
    [
        (-1, ((3, 4), (3, 2))),
        (1, ((3, 4, 2), (3, 1, 2), (3, 2, 2))),
        (-2, ((3, 4, 2), (3, 1, 2))),
        (2, ((3, 4, 2), (3, 4, 5))),
    ],
)
def test_concatenate(axis, shapes):
    check("Concatenate", {"axis": axis}, *shapes)
    rng = np.random.default_rng(0)
    arrays = [drawn(rng, shape) for shape in shapes]
    mine, other = (m.concatenate(arrays, axis=axis) for m in (layers, keras.layers))
    assert_close(mine, other, **TOLERANCE)


# Dropout ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kwargs", [{}, {"noise_shape": (None, 1, 4)}, {"seed": 3}])
def test_dropout_does_nothing_in_inference(kwargs):
    check("Dropout", {"rate": 0.4, **kwargs}, (2, 3, 4), training=False)
    check("Dropout", {"rate": 0, **kwargs}, (2, 3, 4), training=True)


@settings(max_examples=6)
@given(rate=st.sampled_from([0.1, 0.5, 0.8]), seed=seeds)
def test_dropout_keeps_the_share_and_scales_it_up(rate, seed):
    ours, theirs = pair("Dropout", {"rate": rate, "seed": seed})
    x = np.random.default_rng(seed).uniform(1, 2, (100, 100)).astype("float32")
    for layer in (ours, theirs):
        y = np.asarray(layer(x, training=True))
        kept = y != 0
        np.testing.assert_allclose(y[kept], x[kept] / (1 - rate), rtol=1e-6)
        # Five standard deviations of the mean of 10,000 draws, at most.
        assert abs(kept.mean() - (1 - rate)) < 5 * 0.5 / 100
        again = np.asarray(layer(x, training=True))
        assert (again != y).any()


@pytest.mark.parametrize("noise_shape", [(None, 1, 4), (8, 1, 1), (1, 3, 4), (None, 3, None)])
def test_noise_shape_shares_the_mask(noise_shape):
    for layer in pair("Dropout", {"rate": 0.5, "noise_shape": noise_shape, "seed": 0}):
        y = np.asarray(layer(np.ones((8, 3, 4), "float32"), training=True))
        for axis, size in enumerate(noise_shape):
            if size == 1:
                assert (y == np.take(y, [0], axis)).all()
        assert set(np.unique(y)) == {0.0, 2.0}


# Shapes and dtypes --------------------------------------------------------------------------

OPEN = [
    ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 2}, [(None, None, None, 3)]),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "same"}, [(None, None, 9, 3)]),
    ("Conv2D", {"filters": 2, "kernel_size": 5, "dilation_rate": 3}, [(4, None, None, 3)]),
    ("MaxPooling2D", {"pool_size": 3}, [(None, None, 9, 3)]),
    ("MaxPooling2D", {"padding": "same"}, [(None, None, None, 3)]),
    ("AveragePooling2D", {"pool_size": 2, "strides": 1}, [(None, None, None, 3)]),
    ("GlobalMaxPooling2D", {}, [(None, None, None, 3)]),
    ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, [(None, None, 3)]),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}, [(None, None, 5, 3)]),
    ("DepthwiseConv2D", {"kernel_size": 3}, [(None, None, None, 3)]),
    ("GlobalAveragePooling1D", {}, [(None, None, 3)]),
    ("UpSampling2D", {"interpolation": "bilinear"}, [(None, None, None, 3)]),
    ("Cropping2D", {"cropping": 2}, [(None, None, None, 3)]),
    ("Permute", {"dims": (2, 1)}, [(None, None, 3)]),
    ("PReLU", {"shared_axes": [1, 2]}, [(None, None, None, 3)]),
    ("Dot", {"axes": 2}, [(None, None, 3), (None, None, 3)]),
    ("Multiply", {}, [(None, None, 3), (None, 3)]),
    ("GlobalAveragePooling2D", {"keepdims": True}, [(None, None, None, 3)]),
    ("BatchNormalization", {}, [(None, None, None, 3)]),
    ("Dense", {"units": 5}, [(None, None, 3)]),
    ("Dropout", {"rate": 0.5}, [(None, None)]),
    ("Flatten", {}, [(None, None, 3)]),
    ("Flatten", {}, [(5, 2, 3)]),
    ("Reshape", {"target_shape": (-1, 2)}, [(None, None, 4)]),
    ("Reshape", {"target_shape": (4, 2)}, [(None, None, 4)]),
    ("ZeroPadding2D", {"padding": 2}, [(None, None, None, 3)]),
    ("Rescaling", {"scale": 2.0}, [(None, None, 3)]),
    ("Add", {}, [(None, None, 3), (None, None, 3)]),
    ("Add", {}, [(None, None, 3), (None, 1, 3)]),
    ("Concatenate", {"axis": 1}, [(None, None, 3), (None, 2, 3)]),
    ("Concatenate", {}, [(None, None, 3), (None, None, 2)]),
    ("Softmax", {}, [(None, None)]),
    ("ReLU", {}, [(None, None, 3)]),
]


@pytest.mark.parametrize("name,kwargs,shapes", OPEN, ids=[f"{c[0]}{i}" for i, c in enumerate(OPEN)])
def test_open_sizes(name, kwargs, shapes):
    check_shapes(*pair(name, kwargs), shapes)


DTYPES = [
    ("Dense", {"units": 2}, (3, 4)),
    ("Conv2D", {"filters": 2, "kernel_size": 2}, (2, 4, 4, 2)),
    ("BatchNormalization", {}, (4, 3)),
    ("MaxPooling2D", {}, (2, 4, 4, 2)),
    ("AveragePooling2D", {"pool_size": 2}, (2, 4, 4, 2)),
    ("GlobalAveragePooling2D", {}, (2, 4, 4, 2)),
    ("Dropout", {"rate": 0.5}, (3, 4)),
    ("Rescaling", {"scale": 0.5}, (3, 4)),
    ("Softmax", {}, (3, 4)),
    ("ReLU", {}, (3, 4)),
    ("Flatten", {}, (3, 4)),
]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "bfloat16", "float16"])
@pytest.mark.parametrize("name,kwargs,shape", DTYPES, ids=[c[0] for c in DTYPES])
def test_dtype_policies(policy, name, kwargs, shape):
    ours, theirs = pair(name, {**kwargs, "dtype": policy})
    assert_same_config(ours, theirs)
    for attribute in ("dtype", "variable_dtype", "compute_dtype"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    rng = np.random.default_rng(0)
    check_shapes(ours, theirs, [(None, *shape[1:])])
    share_weights(ours, theirs, rng)
    x = drawn(rng, shape)
    mine, other = ours(x), theirs(x)
    # bfloat16 has 8 bits of precision; sums may be rounded at another place.
    tolerance = 2e-2 if "bfloat16" in policy else 3e-3
    assert_close(mine, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "dtype",
    [
        None,
        "float64",
        "int32",
        "bool",
        "mixed_bfloat16",
        "foo",
        "mixed_int8",
        float,
        np.float16,
        np.dtype("float32"),
        jnp.bfloat16,
        {
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": {"name": "mixed_float16"},
            "registered_name": None,
        },
    ],
    ids=str,
)
def test_ways_to_name_a_dtype_policy(dtype):
    found = []
    for module in (layers, keras.layers):
        try:
            layer = module.Flatten(dtype=dtype)
        except ValueError:
            found.append("refused")
        else:
            found.append((layer.dtype_policy.name, layer.variable_dtype, layer.compute_dtype))
    assert found[0] == found[1]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64", "float16"])
@pytest.mark.parametrize(
    "name,kwargs",
    [
        ("Dense", {"units": 2}),
        ("Flatten", {}),
        ("ReLU", {}),
        ("Dropout", {"rate": 0.5}),
        ("Rescaling", {"scale": 0.5}),
        ("BatchNormalization", {}),
        ("MaxPooling2D", {}),
        ("AveragePooling2D", {"pool_size": 2}),
        ("GlobalAveragePooling2D", {}),
        ("Conv2D", {"filters": 2, "kernel_size": 2}),
    ],
)
def test_dtypes_of_inputs(name, kwargs, dtype):
    rng = np.random.default_rng(0)
    shape = (2, 4, 4, 2) if "2D" in name else (3, 4)
    x = rng.integers(0, 2, shape).astype(dtype)
    ours, theirs = pair(name, kwargs)
    theirs.build(shape)
    ours.build(shape)
    share_weights(ours, theirs, rng)
    assert_close(ours(x), theirs(x), **TOLERANCE)


@pytest.mark.parametrize("name", layers.__all__)
def test_signatures(name):
    parameters = []
    for module in (layers, keras.layers):
        found = getattr(module, name)
        signature = inspect.signature(found.__init__ if isinstance(found, type) else found)
        # What Keras collects in `kwargs`, gyeol may name.
        named = [p for p in signature.parameters.values() if p.kind == p.POSITIONAL_OR_KEYWORD]
        parameters.append({p.name: p.default for p in named})
    mine, other = parameters
    if name == "InputSpec":
        # The rest is for symbolic programs of other kinds.
        other = {parameter: other[parameter] for parameter in mine}
    assert list(mine) == list(other)
    # Keras 2 had a default for both kinds of pooling.
    mine.pop("pool_size", None), other.pop("pool_size", None)
    assert {n: one_for_all(v) for n, v in mine.items()} == {
        n: one_for_all(v) for n, v in other.items()
    }


def one_for_all(default):
    """One number stands for as many of it as there are axes."""
    while isinstance(default, tuple) and len(set(default)) == 1:
        default = default[0]
    return default
