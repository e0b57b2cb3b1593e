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

# Sums of some tens of terms of order 1, in another order of summation.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


pytestmark = pytest.mark.usefixtures("quick_compilation")


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
    assert ours.compute_output_shape(shape) == theirs.compute_output_shape(shape)


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
    mask = np.array([[1, 1, 0, 1, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], bool)
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
    # One number stands for two. Keras 2 had this default for both kinds of pooling.
    mine.pop("pool_size", None), other.pop("pool_size", None)
    assert mine == other
