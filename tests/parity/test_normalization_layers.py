"""Normalization, noise and dropout layers give Keras's outputs, gradients, shapes and configs."""

import contextlib
import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from gyeol import config, layers, serialization
from gyeol.layers.base import call_context

# Sums of some tens of terms of order 1, in another order of summation.
TOLERANCE = {"float32": 1e-5, "bfloat16": 1e-2, "float16": 1e-3}

NORMALIZATIONS = [
    ("LayerNormalization", {}, (3, 4)),
    ("LayerNormalization", {"axis": [2, 1], "epsilon": 0.1}, (2, 3, 4)),
    ("LayerNormalization", {"axis": 1, "center": False}, (2, 3, 4)),
    ("LayerNormalization", {"axis": -2, "scale": False}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 2}, (2, 3, 3, 4)),
    ("GroupNormalization", {"groups": -1, "axis": 1, "center": False}, (2, 4, 3)),
    ("GroupNormalization", {"groups": 3, "axis": -2, "scale": False}, (2, 6, 2)),
    ("RMSNormalization", {}, (3, 4)),
    ("RMSNormalization", {"axis": [1, 2], "epsilon": 0.1}, (2, 3, 4)),
    ("UnitNormalization", {}, (3, 4)),
    ("UnitNormalization", {"axis": [1, 2]}, (2, 3, 4)),
    ("BatchNormalization", {"axis": 1}, (4, 3, 2)),
]


def pair(name, kwargs):
    return [getattr(module, name)(name="it", **kwargs) for module in (layers, keras.layers)]


def plain(settings):
    return json.loads(json.dumps(settings))


def assert_same_config(ours, theirs):
    assert plain(ours.get_config()) == plain(theirs.get_config())
    again = type(ours).from_config(plain(theirs.get_config()))
    assert plain(again.get_config()) == plain(ours.get_config())
    written = keras.saving.deserialize_keras_object(plain(serialization.serialize(ours)))
    assert plain(written.get_config()) == plain(theirs.get_config())


def built(ours, theirs, shape, rng):
    """Both built for a shape with an open batch, with the same weights."""
    outputs = [
        layer(module.Input(batch_shape=(None, *shape[1:])))
        for layer, module in ((ours, layers), (theirs, keras.layers))
    ]
    assert (outputs[0].shape, outputs[0].dtype) == (outputs[1].shape, outputs[1].dtype)
    named = [[(v.path, v.shape, v.dtype) for v in layer.weights] for layer in (ours, theirs)]
    assert named[0] == named[1]
    values = [rng.uniform(0.5, 1.5, v.shape).astype(v.dtype) for v in ours.weights]
    ours.set_weights(values)
    theirs.set_weights(values)


def forward_and_back(layer, x, **kwargs):
    trainable, others = (
        [v.value for v in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    )

    def forward(trainable, x):
        return layer.stateless_call(trainable, others, x, **kwargs)

    outputs, back, after = jax.vjp(forward, trainable, x, has_aux=True)
    cotangent = jnp.sin(1.7 * jnp.arange(outputs.size)).reshape(outputs.shape)
    return outputs, back(cotangent.astype(outputs.dtype)), after


def assert_close(ours, theirs, tolerance):
    ours, theirs = jax.tree.leaves(ours), jax.tree.leaves(theirs)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        # Gradients are sums over the batch and as large as their largest term.
        scale = max(1.0, np.abs(np.asarray(other, "float32")).max())
        np.testing.assert_allclose(
            np.asarray(mine, "float32"),
            np.asarray(other, "float32"),
            rtol=tolerance,
            atol=tolerance * scale,
        )


def check(name, kwargs, x, **call):
    ours, theirs = pair(name, kwargs)
    built(ours, theirs, x.shape, np.random.default_rng(1))
    assert_same_config(ours, theirs)
    mine, other = jax.jit(
        lambda x: (forward_and_back(ours, x, **call), forward_and_back(theirs, x, **call))
    )(x)
    assert_close(mine, other, TOLERANCE[ours.compute_dtype])


@pytest.mark.parametrize("name, kwargs, shape", NORMALIZATIONS)
def test_normalization(name, kwargs, shape):
    x = np.random.default_rng(0).normal(2, 3, shape).astype("float32")
    call = {"training": True} if name == "BatchNormalization" else {}
    check(name, kwargs, x, **call)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float16"])
def test_normalization_in_half_precision(policy):
    x = np.random.default_rng(0).normal(2, 3, (4, 6)).astype("float32")
    pairs = [
        pair("LayerNormalization", {"dtype": policy}),
        pair("GroupNormalization", {"dtype": policy, "groups": 2}),
        pair("RMSNormalization", {"dtype": policy}),
        pair("UnitNormalization", {"dtype": policy}),
        pair("BatchNormalization", {"dtype": policy}),
    ]
    for ours, theirs in pairs:
        built(ours, theirs, x.shape, np.random.default_rng(1))

    def run(layer, x):
        training = {"training": True} if "Batch" in type(layer).__name__ else {}
        values = (
            [v.value for v in variables]
            for variables in (layer.trainable_variables, layer.non_trainable_variables)
        )
        # Keras's `stateless_call` of a single layer does not cast.
        x = x.astype(layer.compute_dtype) if layer.autocast else x
        return layer.stateless_call(*values, x, **training)

    with np.errstate(over="ignore"):  # Keras's UnitNormalization has 1e12 in it
        results = jax.jit(lambda x: [(run(ours, x), run(theirs, x)) for ours, theirs in pairs])(x)
    for mine, other in results:
        assert_close(mine, other, TOLERANCE[policy.removeprefix("mixed_")])


@pytest.mark.parametrize("renorm", [False, True])
def test_batch_normalization_of_masked_steps(renorm):
    rng = np.random.default_rng(2)
    ours, theirs = pair("BatchNormalization", {"renorm": renorm})
    built(ours, theirs, (3, 5, 2), rng)
    x = rng.normal(size=(3, 5, 2)).astype("float32")
    mask = np.arange(5) < np.array([[5], [3], [0]])
    for training in (True, False):
        mine = ours(x, training=training, mask=jnp.asarray(mask))
        other = theirs(x, training=training, mask=mask)
        assert_close(mine, other, 1e-5)
    assert_close([v.value for v in ours.weights], [v.value for v in theirs.weights], 1e-5)


# Noise ---------------------------------------------------------------------------------------

NOISE = [
    ("Dropout", {"rate": 0.3, "seed": 4}, (4, 6)),
    ("Dropout", {"rate": 0.3, "noise_shape": (None, 1, 6)}, (2, 3, 6)),
    ("SpatialDropout1D", {"rate": 0.5}, (2, 4, 6)),
    ("SpatialDropout2D", {"rate": 0.5, "data_format": "channels_first"}, (2, 6, 2, 3)),
    ("SpatialDropout2D", {"rate": 0.5, "seed": 3}, (2, 2, 3, 6)),
    ("SpatialDropout3D", {"rate": 0.5}, (2, 2, 2, 2, 6)),
    ("GaussianNoise", {"stddev": 0.7, "seed": 1}, (4, 6)),
    ("GaussianDropout", {"rate": 0.4}, (4, 6)),
    ("AlphaDropout", {"rate": 0.3}, (4, 6)),
    ("AlphaDropout", {"rate": 0.3, "noise_shape": (None, 1)}, (4, 6)),
]


@contextlib.contextmanager
def one_draw():
    """Within the block both libraries draw the same numbers, whatever their keys."""

    def uniform(shape):
        return np.random.default_rng(0).uniform(size=shape).astype("float32")

    def normal(key, shape=(), dtype="float32"):
        return jnp.asarray(np.random.default_rng(0).normal(size=shape), dtype)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax.random, "normal", normal)
        patch.setattr(jax.random, "uniform", lambda key, shape=(), *_, **__: uniform(shape))
        patch.setattr(jax.random, "bernoulli", lambda key, p=0.5, shape=(): uniform(shape) < p)
        yield


@pytest.mark.parametrize("name, kwargs, shape", NOISE)
def test_noise(name, kwargs, shape):
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    ours, theirs = pair(name, kwargs)
    assert_same_config(ours, theirs)
    halves = pair(name, {**kwargs, "dtype": "float16"})

    def run(layer, x):
        state = [v.value for v in layer.non_trainable_variables]
        x = x.astype(layer.compute_dtype)
        return layer.stateless_call([], state, x, training=True)[0]

    with one_draw():
        mine, other, *half = jax.jit(
            lambda x: [run(layer, x) for layer in (ours, theirs, *halves)]
        )(x)
    assert_close(mine, other, 1e-6)
    assert (np.asarray(mine) != x).any()
    assert_close(*half, TOLERANCE["float16"])
    np.testing.assert_array_equal(ours(x), x)


def test_activity_regularization():
    ours, theirs = pair("ActivityRegularization", {"l1": 0.1, "l2": 0.2})
    assert_same_config(ours, theirs)
    x = np.random.default_rng(1).normal(size=(4, 6)).astype("float32")
    added = []
    with call_context(True, added):
        np.testing.assert_array_equal(ours(x), x)
    theirs(x)
    np.testing.assert_allclose(added, theirs.losses, rtol=1e-6)


def test_configs_follow_the_image_format():
    config.set_image_data_format("channels_first")
    try:
        assert layers.SpatialDropout2D(0.5).data_format == "channels_first"
    finally:
        config.set_image_data_format("channels_last")
