"""Optimizers and learning rate schedules against real Keras."""

import inspect
import json
import re

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gyeol import layers, models, optimizers, saving
from gyeol.optimizers import schedules
from gyeol.variable import Variable, filled

STEPS = 50
SHAPES = [(3, 4), (4,)]

rates = st.sampled_from([0.001, 0.01, 0.1])
common = st.fixed_dictionaries(
    {},
    optional={
        "weight_decay": st.sampled_from([0.0, 0.004, 0.1]),
        "loss_scale_factor": st.sampled_from([1.0, 8.0]),
    },
)
# Outside a compiled program, each step with accumulation compiles anew: it is tested inside.
accumulation = st.sampled_from([{}, {"gradient_accumulation_steps": 3}])
clipping = st.sampled_from(
    [{}, {}, {"clipnorm": 0.5}, {"clipvalue": 0.3}, {"global_clipnorm": 0.5}]
)
averaging = st.sampled_from(
    [
        {},
        {},
        {"use_ema": True, "ema_momentum": 0.9},
        {"use_ema": True, "ema_overwrite_frequency": 7},
    ]
)
momenta = st.sampled_from([0.0, 0.5, 0.9])
shares = st.sampled_from([0.5, 0.9, 0.99])
epsilons = st.sampled_from([1e-7, 1e-3])
strengths = st.sampled_from([0.0, 0.01])
betas = {"beta_1": shares, "beta_2": shares}
own = {
    "Adadelta": st.fixed_dictionaries({"rho": shares, "epsilon": epsilons}),
    "Adafactor": st.fixed_dictionaries(
        {
            "beta_2_decay": st.sampled_from([-0.8, -0.5]),
            "epsilon_2": st.sampled_from([1e-3, 1.0]),
            "clip_threshold": st.sampled_from([0.5, 1.0]),
            "relative_step": st.booleans(),
        }
    ),
    "Adagrad": st.fixed_dictionaries(
        {"initial_accumulator_value": st.sampled_from([0.0, 0.1]), "epsilon": epsilons}
    ),
    "AdamW": st.fixed_dictionaries({**betas, "amsgrad": st.booleans()}),
    "Adamax": st.fixed_dictionaries({**betas, "epsilon": epsilons}),
    "Ftrl": st.fixed_dictionaries(
        {
            "learning_rate_power": st.sampled_from([-0.5, -0.7, 0.0]),
            "initial_accumulator_value": st.sampled_from([0.05, 0.1]),
            "l1_regularization_strength": strengths,
            "l2_regularization_strength": strengths,
            "l2_shrinkage_regularization_strength": strengths,
            "beta": strengths,
        }
    ),
    "Lamb": st.fixed_dictionaries({**betas, "epsilon": epsilons}),
    "Lion": st.fixed_dictionaries(betas),
    "Muon": st.fixed_dictionaries(
        {
            "momentum": shares,
            "nesterov": st.booleans(),
            "ns_steps": st.sampled_from([2, 5]),
            "rms_rate": st.sampled_from([None, 0.2]),
            "adam_lr_ratio": st.sampled_from([0.5, 1]),
            "exclude_layers": st.sampled_from([None, ["w0"]]),
        }
    ),
    "Nadam": st.fixed_dictionaries({**betas, "epsilon": epsilons}),
    "ScheduleFreeAdamW": st.fixed_dictionaries({**betas, "warmup_steps": st.sampled_from([0, 3])}),
    "SGD": st.fixed_dictionaries({"momentum": momenta, "nesterov": st.booleans()}),
    "RMSprop": st.fixed_dictionaries(
        {
            "rho": shares,
            "momentum": momenta,
            "epsilon": st.sampled_from([1e-7, 1e-3]),
            "centered": st.booleans(),
        }
    ),
    "Adam": st.fixed_dictionaries(
        {
            "beta_1": shares,
            "beta_2": shares,
            "epsilon": st.sampled_from([1e-7, 1e-3]),
            "amsgrad": st.booleans(),
        }
    ),
}
names = sorted(own)
# The others differ in their arithmetic alone: fewer draws will do for each.
OLD = ["Adam", "RMSprop", "SGD"]
NEW = [name for name in names if name not in OLD]


def arguments(name):
    parts = st.tuples(rates, own[name], common, clipping, averaging)
    return parts.map(lambda p: {"learning_rate": p[0], **p[1], **p[2], **p[3], **p[4]})


# No shrinking: each example takes many steps, and a failing draw is small enough to read.
draws = settings(phases=[Phase.explicit, Phase.generate])


def drawn(seed, dtype="float32"):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    grads = [rng.normal(size=(STEPS, *shape)).astype(dtype) for shape in SHAPES]
    return weights, grads


def pair(name, config):
    """gyeol's optimizer and Keras's, with one name."""
    ours = getattr(optimizers, name)(name="it", **config)
    theirs = getattr(keras.optimizers, name)(name="it", **config)
    return ours, theirs


def boxes(weights):
    return (
        [Variable(w, name=f"w{i}") for i, w in enumerate(weights)],
        [keras.Variable(w, name=f"w{i}") for i, w in enumerate(weights)],
    )


def assert_same(ours, theirs, **tolerance):
    """The same values, shapes and dtypes in two lists of variables."""
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        mine, other = np.asarray(mine), np.asarray(other)
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(mine, other, **tolerance)


def paths(variables):
    """The paths; Keras numbers what has no name of its own."""
    return [re.sub(r"variable_\d+$", "variable", v.path) for v in variables]


def check_trajectory(name, config, seed, steps=STEPS):
    ours, theirs = pair(name, config)
    weights, grads = drawn(seed)
    mine, other = boxes(weights)
    for step in range(steps):
        now = [jnp.asarray(g[step]) for g in grads]
        ours.apply(now, mine)
        theirs.apply(now, other)
    assert_same(mine, other, rtol=1e-5, atol=1e-6)
    assert_same(ours.variables, theirs.variables, rtol=1e-5, atol=1e-6)
    assert paths(ours.variables) == paths(theirs.variables)


@settings(draws, max_examples=12)
@given(config=arguments("SGD"), seed=st.integers(0, 2**32 - 1))
def test_fifty_steps_of_sgd(config, seed):
    check_trajectory("SGD", config, seed)


@settings(draws, max_examples=12)
@given(config=arguments("RMSprop"), seed=st.integers(0, 2**32 - 1))
def test_fifty_steps_of_rmsprop(config, seed):
    check_trajectory("RMSprop", config, seed)


@settings(draws, max_examples=12)
@given(config=arguments("Adam"), seed=st.integers(0, 2**32 - 1))
def test_fifty_steps_of_adam(config, seed):
    check_trajectory("Adam", config, seed)


@pytest.mark.parametrize("name", NEW)
@settings(draws, max_examples=3)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_ten_steps(name, data, seed):
    check_trajectory(name, data.draw(arguments(name)), seed, steps=10)


def test_accumulation_averages_and_decay_of_all_in_one_program():
    config = {
        "learning_rate": 0.01,
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "weight_decay": 0.1,
        "global_clipnorm": 0.5,
    }
    weights, grads = drawn(7)
    pairs = []
    for name in NEW:
        ours, theirs = pair(name, config)
        mine, other = boxes(weights)
        for optimizer, variables in ((ours, mine), (theirs, other)):
            optimizer.exclude_from_weight_decay(var_names=["w1"])
            optimizer.build(variables)
        pairs.append((ours, theirs))

    @jax.jit
    def step(states, now):
        return [
            [
                optimizer.stateless_apply(slots, now, trainable)
                for optimizer, (trainable, slots) in zip(both, state)
            ]
            for both, state in zip(pairs, states)
        ]

    states = [
        [([jnp.asarray(w) for w in weights], [v.value for v in o.variables]) for o in both]
        for both in pairs
    ]
    for i in range(5):
        states = step(states, [jnp.asarray(g[i]) for g in grads])
        states = [[tuple(state) for state in both] for both in states]
    for mine, other in states:
        assert_same(mine[0], other[0], rtol=1e-5, atol=1e-6)
        assert_same(mine[1], other[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OLD)
@settings(draws, max_examples=4)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_fifty_steps_in_one_compiled_loop(name, data, seed):
    config = {**data.draw(arguments(name)), **data.draw(accumulation)}
    ours, theirs = pair(name, config)
    weights, grads = drawn(seed)
    mine, other = boxes(weights)
    ours.build(mine)
    theirs.build(other)

    @jax.jit
    def our_run(trainable, state):
        def step(i, carried):
            with filled([*mine, *ours.variables], [*carried[0], *carried[1]]):
                ours.apply([jnp.asarray(g)[i] for g in grads], mine)
                return [v.value for v in mine], [v.value for v in ours.variables]

        return jax.lax.fori_loop(0, STEPS, step, (trainable, state))

    @jax.jit
    def their_run(trainable, state):
        def step(i, carried):
            now = [jnp.asarray(g)[i] for g in grads]
            return tuple(theirs.stateless_apply(carried[1], now, carried[0]))

        return jax.lax.fori_loop(0, STEPS, step, (trainable, state))

    start = [v.value for v in mine]
    new, state = our_run(start, [v.value for v in ours.variables])
    their_new, their_state = their_run(start, [v.value for v in theirs.variables])
    assert_same(new, their_new, rtol=1e-5, atol=1e-6)
    assert_same(state, their_state, rtol=1e-5, atol=1e-6)
    for variable, weight in zip(mine, weights):
        np.testing.assert_array_equal(variable, weight)


@pytest.mark.parametrize(
    "name, dtype",
    [(name, dtype) for dtype in ("float16", "bfloat16") for name in OLD]
    + [(name, ("float16", "bfloat16")[i % 2]) for i, name in enumerate(NEW)],
)
def test_slots_and_updates_keep_the_dtype_of_the_variable(name, dtype):
    ours, theirs = pair(name, {"learning_rate": 0.1, "weight_decay": 0.01})
    # A matrix is enough: every shape compiles anew.
    weights, grads = (arrays[:1] for arrays in drawn(0))
    mine = [Variable(w, dtype=dtype, name=f"w{i}") for i, w in enumerate(weights)]
    other = [keras.Variable(w, dtype=dtype, name=f"w{i}") for i, w in enumerate(weights)]
    for step in range(3):
        now = [jnp.asarray(g[step]) for g in grads]
        ours.apply(now, mine)
        theirs.apply(now, other)
    assert {v.dtype for v in ours.variables[2:]} <= {dtype}
    # Both run the same operations one by one, so even half precision has nothing to differ in.
    assert_same(mine, other, rtol=0, atol=0)


@pytest.mark.parametrize("name", names)
@settings(draws, max_examples=10)
@given(data=st.data())
def test_configs_are_equal_and_go_both_ways(name, data):
    config = {**data.draw(arguments(name)), **data.draw(accumulation)}
    ours, theirs = pair(name, config)
    assert ours.get_config() == theirs.get_config()
    written, expected = optimizers.serialize(ours), keras.optimizers.serialize(theirs)
    assert written == expected
    written = json.loads(json.dumps(written))
    assert optimizers.deserialize(expected).get_config() == ours.get_config()
    # `keras.optimizers.deserialize` does not know Lamb.
    again = keras.saving.deserialize_keras_object(written)
    assert again.get_config() == theirs.get_config()


def networks(optimizers_of):
    """The same small model for gyeol and for Keras, and the way to read each one's files."""
    rng = np.random.default_rng(8)
    kernel = [rng.normal(size=(3, 2)).astype("float32"), np.zeros(2, "float32")]
    made = []
    for sequential, of, optimizers_module, load in (
        (models.Sequential, layers, optimizers, saving.load_model),
        (keras.Sequential, keras.layers, keras.optimizers, keras.saving.load_model),
    ):
        model = sequential([of.Input((3,)), of.Dense(2)])
        model.set_weights(kernel)
        model.compile(optimizers_of(optimizers_module), "mse")
        model.optimizer.build(model.trainable_variables)
        made.append((model, load))
    return made


def steps_of(model, steps):
    optimizer, variables = model.optimizer, model.trainable_variables
    for step in steps:
        rng = np.random.default_rng(step)
        grads = [jnp.asarray(rng.normal(size=v.shape), "float32") for v in variables]
        # Outside of it, Keras's loss scaling does not run.
        values = optimizer.stateless_apply(
            [v.value for v in optimizer.variables], grads, [v.value for v in variables]
        )
        for variable, value in zip([*variables, *optimizer.variables], [*values[0], *values[1]]):
            variable.assign(value)


def check_files(optimizers_of, folder):
    """Three steps, a file that the other library reads, and two more steps in both."""
    ours, theirs = networks(optimizers_of)
    for (model, _), (_, load), file in ((ours, theirs, "a.keras"), (theirs, ours, "b.keras")):
        steps_of(model, range(3))
        model.save(folder / file)
        again = load(folder / file)
        assert_same(again.optimizer.variables, model.optimizer.variables, rtol=0, atol=0)
        for each in (model, again):
            steps_of(each, range(3, 5))
        assert_same(again.get_weights(), model.get_weights(), rtol=1e-6, atol=1e-7)
        mine, other = again.optimizer.variables, model.optimizer.variables
        assert_same(mine, other, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", names)
def test_saved_state_goes_both_ways(name, tmp_path):
    check_files(lambda module: getattr(module, name)(0.1), tmp_path)


def test_saved_state_with_loss_scaling_goes_both_ways(tmp_path):
    check_files(lambda module: module.LossScaleOptimizer(module.Adam(0.1)), tmp_path)


def test_loss_scaling():
    def scaled(module):
        inner = module.Adam(0.1, name="inner", weight_decay=0.01)
        return module.LossScaleOptimizer(inner, 1024.0, dynamic_growth_steps=3, name="it")

    ours, theirs = scaled(optimizers), scaled(keras.optimizers)
    assert optimizers.serialize(ours) == keras.optimizers.serialize(theirs)
    again = optimizers.deserialize(keras.optimizers.serialize(theirs))
    assert again.get_config() == ours.get_config()
    weights, grads = drawn(9)
    mine, other = boxes(weights)
    ours.build(mine)
    theirs.build(other)
    assert paths(ours.variables) == paths(theirs.variables)
    compiled = jax.jit(theirs.stateless_apply)
    values, state = [v.value for v in other], [v.value for v in theirs.variables]
    scales = []
    for step in range(9):
        now = [jnp.asarray(1000 * g[step]) for g in grads]
        if step in (3, 7):
            now[1] = now[1].at[2].set(jnp.inf if step == 3 else jnp.nan)
        assert float(ours.scale_loss(jnp.float32(2))) == 2 * float(ours.dynamic_scale)
        ours.apply(now, mine)
        values, state = compiled(state, now, values)
        scales.append(float(ours.dynamic_scale))
        assert_same(mine, values, rtol=1e-5, atol=1e-6)
        assert_same(ours.variables, state, rtol=1e-5, atol=1e-6)
    assert scales == [1024, 1024, 2048, 1024, 1024, 1024, 2048, 1024, 1024]
    assert (int(ours.iterations), int(ours.step_counter)) == (7, 1)


def test_constraints_and_excluded_variables():
    config = {"learning_rate": 0.1, "weight_decay": 0.5}
    ours, theirs = pair("Adam", config)
    weights, grads = drawn(2)
    mine, other = boxes(weights)
    for optimizer in (ours, theirs):
        optimizer.exclude_from_weight_decay(var_names=["w1"])
    mine[0].constraint = lambda w: jnp.maximum(w, 0.0)
    other[0].constraint = keras.constraints.NonNeg()
    for step in range(5):
        now = [jnp.asarray(g[step]) for g in grads]
        ours.apply(now, mine)
        theirs.apply(now, other)
    assert np.asarray(mine[0]).min() == 0
    assert_same(mine, other, rtol=1e-6)


def test_a_gradient_of_none_leaves_its_variable_alone():
    ours, theirs = pair("SGD", {"momentum": 0.9, "global_clipnorm": 0.1})
    weights, grads = drawn(3)
    mine, other = boxes(weights)
    for optimizer, variables in ((ours, mine), (theirs, other)):
        with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
            optimizer.apply([None, jnp.asarray(grads[1][0])], variables)
    np.testing.assert_array_equal(mine[0], weights[0])
    assert_same(mine, other, rtol=1e-6)


def test_the_average_ends_in_the_variables():
    ours, theirs = pair("SGD", {"use_ema": True, "ema_momentum": 0.5, "learning_rate": 0.1})
    weights, grads = drawn(4)
    mine, other = boxes(weights)
    for step in range(4):
        now = [jnp.asarray(g[step]) for g in grads]
        ours.apply(now, mine)
        theirs.apply(now, other)
    ours.finalize_variable_values(mine)
    theirs.finalize_variable_values(other)
    assert_same(mine, other, rtol=1e-6)


def test_stateless_apply():
    ours, theirs = pair("Adam", {"learning_rate": 0.1})
    weights, grads = drawn(5)
    mine, other = boxes(weights)
    ours.build(mine)
    theirs.build(other)
    now = [jnp.asarray(g[0]) for g in grads]
    state = [v.value for v in ours.variables]
    new, new_state = jax.jit(ours.stateless_apply)(state, now, weights)
    expected, expected_state = theirs.stateless_apply(state, now, weights)
    assert_same(new, expected, rtol=1e-6)
    assert_same(new_state, expected_state, rtol=1e-6)
    np.testing.assert_array_equal(mine[0], weights[0])


@pytest.mark.parametrize("name", [*names, "LossScaleOptimizer"])
def test_signatures(name):
    ours = inspect.signature(getattr(optimizers, name)).parameters.values()
    theirs = inspect.signature(getattr(keras.optimizers, name)).parameters.values()
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


steps = st.integers(1, 40)
share = st.floats(0.1, 0.9)
rate = st.floats(0.01, 1.0)
drawn_schedules = {
    "ExponentialDecay": st.fixed_dictionaries(
        {
            "initial_learning_rate": rate,
            "decay_steps": steps,
            "decay_rate": share,
            "staircase": st.booleans(),
        }
    ),
    "PiecewiseConstantDecay": st.lists(
        st.integers(0, 100), min_size=1, max_size=4, unique=True
    ).flatmap(
        lambda b: st.fixed_dictionaries(
            {
                "boundaries": st.just(sorted(b)),
                "values": st.lists(rate, min_size=len(b) + 1, max_size=len(b) + 1),
            }
        )
    ),
    "PolynomialDecay": st.fixed_dictionaries(
        {
            "initial_learning_rate": rate,
            "decay_steps": steps,
            "end_learning_rate": st.sampled_from([0.0001, 0.01]),
            "power": st.sampled_from([0.5, 1.0, 2.0]),
            "cycle": st.booleans(),
        }
    ),
    "InverseTimeDecay": st.fixed_dictionaries(
        {
            "initial_learning_rate": rate,
            "decay_steps": steps,
            "decay_rate": share,
            "staircase": st.booleans(),
        }
    ),
    "CosineDecay": st.fixed_dictionaries(
        {
            "initial_learning_rate": rate,
            "decay_steps": steps,
            "alpha": st.sampled_from([0.0, 0.1]),
            "warmup_target": st.sampled_from([None, 1.5]),
            "warmup_steps": steps,
        }
    ),
    "CosineDecayRestarts": st.fixed_dictionaries(
        {
            "initial_learning_rate": rate,
            "first_decay_steps": steps,
            "t_mul": st.sampled_from([1.0, 1.5]),
            "m_mul": st.sampled_from([1.0, 0.8]),
            "alpha": st.sampled_from([0.0, 0.1]),
        }
    ),
}


@pytest.mark.parametrize("name", sorted(drawn_schedules))
@settings(draws, max_examples=8)
@given(data=st.data())
def test_schedules(name, data):
    arguments = data.draw(drawn_schedules[name])
    ours = getattr(schedules, name)(**arguments)
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    steps = jnp.arange(100)
    # A cosine near its end is a difference of two ones, hence the absolute tolerance.
    np.testing.assert_allclose(jax.vmap(ours)(steps), jax.vmap(theirs)(steps), rtol=1e-5, atol=1e-6)
    assert ours.get_config() == theirs.get_config()
    written = schedules.serialize(ours)
    assert written == keras.optimizers.schedules.serialize(theirs)
    assert schedules.deserialize(written).get_config() == ours.get_config()


def test_an_optimizer_follows_its_schedule():
    arguments = {"initial_learning_rate": 0.5, "decay_steps": 3, "decay_rate": 0.5}
    ours = optimizers.SGD(schedules.ExponentialDecay(**arguments), name="it")
    theirs = keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(**arguments), name="it"
    )
    weights, grads = drawn(6)
    mine, other = boxes(weights)
    for step in range(10):
        now = [jnp.asarray(g[step]) for g in grads]
        ours.apply(now, mine)
        theirs.apply(now, other)
        np.testing.assert_allclose(ours.learning_rate, theirs.learning_rate, rtol=1e-6)
    assert_same(mine, other, rtol=1e-5)
    assert_same(ours.variables, theirs.variables, rtol=1e-6)
    written = optimizers.serialize(ours)
    assert written == keras.optimizers.serialize(theirs)
    again = optimizers.deserialize(written)
    assert again.get_config() == ours.get_config()
