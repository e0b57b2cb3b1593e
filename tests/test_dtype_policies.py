"""Dtype policies: names, the global one, and layers that compute in a shorter dtype."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

import gyeol
from gyeol import config, dtype_policies, mixed_precision
from gyeol.dtype_policies import DTypePolicy
from gyeol.layers import BatchNormalization, Dense, Input
from gyeol.models import Sequential
from gyeol.optimizers import SGD, LossScaleOptimizer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 6)).astype("float32")


@pytest.fixture(autouse=True)
def the_policy_before():
    yield
    config._dtype_policy = None
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    "name", ["float32", "bfloat16", "float16", "mixed_bfloat16", "mixed_float16", "uint8"]
)
def test_policies_are_those_of_keras(name):
    ours, theirs = DTypePolicy(name), keras.DTypePolicy(name)
    for what in ("name", "compute_dtype", "variable_dtype"):
        assert getattr(ours, what) == getattr(theirs, what)
    assert repr(ours) == repr(theirs)
    written = dtype_policies.serialize(ours)
    assert written == keras.dtype_policies.serialize(theirs)
    assert dtype_policies.deserialize(written) == dtype_policies.get(written) == ours
    assert dtype_policies.get(name) == dtype_policies.get(ours) == ours
    assert keras.dtype_policies.deserialize(written) == theirs


def test_a_policy_is_found_by_what_means_it():
    assert dtype_policies.get(np.float16) == dtype_policies.get(jnp.dtype("float16"))
    assert dtype_policies.get(None).name == dtype_policies.get(float).name == "float32"
    old = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    for module in ({}, {"module": None}, {"module": "keras.mixed_precision"}):
        assert dtype_policies.get({**old, **module}).name == "mixed_float16"
    float_policy = keras.dtype_policies.FloatDTypePolicy("mixed_bfloat16")
    found = dtype_policies.get(keras.dtype_policies.serialize(float_policy))
    assert found.name == "mixed_bfloat16"
    assert mixed_precision.Policy("float16") == dtype_policies.FloatDTypePolicy("float16")


@pytest.mark.parametrize("wrong", ["mixed_float32", "float31", "mixed_int8", ""])
def test_a_policy_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match=r"'mixed_bfloat16' or 'mixed_float16'; got "):
        DTypePolicy(wrong)


def test_what_is_no_name_is_refused():
    with pytest.raises(TypeError, match="made from a name such as 'mixed_bfloat16'; got 3"):
        DTypePolicy(3)
    with pytest.raises(ValueError, match="or a DTypePolicy; got None"):
        config.set_dtype_policy(None)


def test_the_global_policy_is_that_of_new_layers():
    before = Dense(1)
    mixed_precision.set_global_policy("mixed_bfloat16")
    assert config.dtype_policy() == mixed_precision.global_policy() == DTypePolicy()
    after, other = Dense(1), Dense(1, dtype="float32")
    assert before.dtype_policy.name == other.dtype_policy.name == "float32"
    assert (after.compute_dtype, after.variable_dtype) == ("bfloat16", "float32")
    config.set_dtype_policy(DTypePolicy("float16"))
    assert Dense(1).dtype == "float16"


def test_without_a_global_policy_layers_follow_floatx():
    config.set_floatx("float16")
    try:
        assert config.dtype_policy().name == Dense(1).dtype == "float16"
    finally:
        config.set_floatx("float32")


def network(sequential, layers):
    """A model as the guides to mixed precision write it: its last layer in float32."""
    return sequential(
        [
            layers.Input((6,)),
            layers.Dense(5, activation="relu", kernel_initializer="ones"),
            layers.BatchNormalization(),
            layers.Dense(3, activation="softmax", kernel_initializer="ones", dtype="float32"),
        ]
    )


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float16"])
def test_models_compute_as_those_of_keras(policy):
    models = []
    for module in (gyeol, keras):
        module.config.set_dtype_policy(policy)
        models.append(network(module.Sequential, module.layers))
    ours, theirs = models
    for mine, other in zip(ours.weights, theirs.weights):
        value = RNG.uniform(-1, 1, mine.shape) if "kernel" in mine.name else np.ones(mine.shape)
        mine.assign(value)
        other.assign(value)
        assert mine.dtype == other.dtype
    y = np.eye(3, dtype="float32")[RNG.integers(0, 3, 8)]
    grads = []
    for model, module in ((ours, gyeol), (theirs, keras)):

        def loss(values, model=model, module=module):
            rest = [v.value for v in model.non_trainable_variables]
            outputs, _ = model.stateless_call(values, rest, X, training=True)
            return module.losses.CategoricalCrossentropy()(y, outputs), outputs

        values = [v.value for v in model.trainable_variables]
        (value, outputs), slopes = jax.value_and_grad(loss, has_aux=True)(values)
        assert value.dtype == outputs.dtype == "float32"
        grads.append([value, outputs, *slopes])
    # A unit in the last place of the shorter type, at values around 1.
    tolerance = 4e-3 if "bfloat16" in policy else 5e-4
    for mine, other in zip(*grads):
        assert mine.dtype == other.dtype
        np.testing.assert_allclose(
            np.asarray(mine, "float32"), np.asarray(other, "float32"), tolerance, tolerance
        )


def test_losses_of_half_precision_are_float32():
    config.set_dtype_policy("mixed_float16")
    y = np.zeros((4, 3), "float32")
    outputs = jnp.full((4, 3), 300.0, "float16")  # whose square is more than float16 holds
    assert float(gyeol.losses.MeanSquaredError()(y, outputs)) == 90000.0
    assert gyeol.metrics.Mean().dtype == "float32"


def test_training_in_float16_skips_steps_that_overflow():
    model = Sequential(
        [
            Input((6,)),
            Dense(4, activation="relu", dtype="mixed_float16"),
            BatchNormalization(dtype="mixed_float16"),
            Dense(1, dtype="float32"),
        ]
    )
    optimizer = LossScaleOptimizer(SGD(0.1), initial_scale=2.0**30, dynamic_growth_steps=4)
    model.compile(optimizer, "mse")
    y = X[:, :1]
    start = model.get_weights()
    model.fit(X, y, batch_size=8, epochs=1, verbose=0)
    assert float(optimizer.dynamic_scale) == 2.0**29
    assert (int(optimizer.iterations), int(optimizer.step_counter)) == (0, 0)
    for mine, other in zip(model.trainable_variables, [start[i] for i in (0, 1, 2, 3, 6, 7)]):
        np.testing.assert_array_equal(mine, other)
    history = model.fit(X, y, batch_size=8, epochs=40, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]
    assert int(optimizer.iterations) > 20
    assert np.isfinite(model.get_weights()[0]).all()
