"""What `Optimizer` promises beside its arithmetic (which `tests/parity` holds against Keras)."""

import logging

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import optimizers, serialization
from gyeol.optimizers import SGD, Adam, LossScaleOptimizer, Optimizer, RMSprop, schedules
from gyeol.variable import Variable, filled


def weights(*shapes):
    return [Variable(np.ones(shape, "float32"), name=f"w{i}") for i, shape in enumerate(shapes)]


class Momentum(Optimizer):
    """An optimizer as Keras's documentation tells users to write one."""

    def __init__(self, learning_rate=0.01, momentum=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        super().build(variables)
        self.momentums = []
        for variable in variables:
            self.momentums.append(
                self.add_variable_from_reference(reference_variable=variable, name="momentum")
            )

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = jnp.astype(jnp.asarray(learning_rate), variable.dtype)
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, m * self.momentum - gradient * learning_rate)
        self.assign_add(variable, m)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


@pytest.mark.parametrize(
    "text, cls",
    [
        ("adam", Adam),
        ("Adam", Adam),
        ("ADAM", Adam),
        ("sgd", SGD),
        ("rmsprop", RMSprop),
        ("adamw", optimizers.AdamW),
        ("schedulefreeadamw", optimizers.ScheduleFreeAdamW),
    ],
)
def test_a_name_finds_its_optimizer_in_any_case(text, cls):
    assert type(optimizers.get(text)) is cls


def test_get_takes_what_compile_is_given():
    adam = Adam(0.5)
    assert optimizers.get(adam) is adam
    assert optimizers.get(None) is None
    again = optimizers.get(optimizers.serialize(adam))
    assert again.get_config() == adam.get_config()
    assert optimizers.get({"class_name": "adam", "config": {"learning_rate": 0.5}}).name


@pytest.mark.parametrize(
    "wrong, words",
    [
        ("adamm", ["adamm", "Did you mean 'adam'?", "RMSprop"]),
        ("xyz", ["xyz", "Adam,", "RMSprop,", "SGD"]),
        (Adam, ["Write Adam()"]),
        (0.01, ["0.01"]),
    ],
)
def test_get_says_what_it_does_not_know(wrong, words):
    with pytest.raises(ValueError) as error:
        optimizers.get(wrong)
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"lr": 0.1}, ["learning_rate, not lr", "Adam(learning_rate=0.1)"]),
        ({"momentumm": 0.1}, ["Adam has no argument 'momentumm'"]),
        ({"learning_rate": "fast"}, ["learning_rate of Adam", "'fast'"]),
        ({"learning_rate": None}, ["learning_rate of Adam", "None"]),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, ["only one of clipnorm=1.0", "clipvalue=1.0"]),
        ({"gradient_accumulation_steps": 1}, ["2 or more", "got 1"]),
        ({"use_ema": True, "ema_momentum": 2.0}, ["between 0 and 1", "2.0"]),
        ({"use_ema": True, "ema_overwrite_frequency": 0}, ["1 or more", "got 0"]),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        Adam(**arguments)
    assert all(word in str(error.value) for word in words)


def test_momentum_of_sgd_is_checked():
    with pytest.raises(ValueError, match=r"between 0 and 1; got 1\.5"):
        SGD(momentum=1.5)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: optimizers.AdamW(weight_decay=None), ["AdamW must be a number", "use Adam"]),
        (lambda: optimizers.Lion(beta_1=0.0), ["beta_1 of Lion", "got 0.0"]),
        (
            lambda: optimizers.Ftrl(l1_regularization_strength=-1),
            ["l1_regularization_strength of Ftrl", "got -1"],
        ),
        (lambda: optimizers.Ftrl(learning_rate_power=0.5), ["0 or less", "got 0.5"]),
        (lambda: LossScaleOptimizer("adam"), ["inner_optimizer", "'adam'"]),
        (lambda: LossScaleOptimizer(SGD(), dynamic=False), ["loss_scale_factor"]),
        (lambda: LossScaleOptimizer(SGD(), clipnorm=1.0), ["Set clipnorm of the optimizer within"]),
        (lambda: LossScaleOptimizer(SGD(), scale=2), ["no argument 'scale'"]),
        (lambda: LossScaleOptimizer(SGD()).apply([jnp.ones(1)]), ["pass the variables too"]),
    ],
)
def test_arguments_of_one_optimizer(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert all(word in str(error.value) for word in words)


def test_loss_scaling_leaves_the_rest_to_the_optimizer_within():
    inner = SGD(0.5, weight_decay=0.5, loss_scale_factor=3.0, use_ema=True)
    optimizer, (a, b) = LossScaleOptimizer(inner, initial_scale=4.0), weights((1,), (1,))
    optimizer.exclude_from_weight_decay(var_list=[b])
    assert float(optimizer.scale_loss(jnp.float32(2.0))) == 8.0
    optimizer.learning_rate = 0.25
    assert float(inner.learning_rate) == 0.25
    optimizer.apply([jnp.full(1, 4.0), jnp.full(1, 4.0)], [a, b])
    # The gradients were of a loss times 4; only the first variable decays.
    assert (float(a[0]), float(b[0])) == (1 - 0.125 - 0.25, 1 - 0.25)
    optimizer.apply([jnp.full(1, jnp.nan), jnp.ones(1)])
    assert (float(a[0]), float(b[0])) == (1 - 0.125 - 0.25, 1 - 0.25)
    assert (int(optimizer.iterations), float(optimizer.dynamic_scale)) == (1, 2.0)
    a.assign([9.0])
    optimizer.finalize_variable_values([a, b])
    assert float(a[0]) == 1 - 0.125 - 0.25
    assert LossScaleOptimizer.from_config(optimizer.get_config()).get_config() == (
        optimizer.get_config()
    )


def test_old_files_hold_settings_that_mean_nothing():
    old = {"weight_decay": None, "use_ema": False, "ema_momentum": 0.99}
    again = LossScaleOptimizer.from_config({**LossScaleOptimizer(SGD()).get_config(), **old})
    assert again.initial_scale == 2.0**15


def test_muon_trains_matrices_and_leaves_the_rest_to_adam():
    matrix, bias, table = weights((3, 4), (4,), (5, 2))
    table.path = "embedding/table"
    optimizer = optimizers.Muon(0.1, rms_rate=None, weight_decay=None, adam_weight_decay=None)
    optimizer.build([matrix, bias, table])
    assert [v is None for v in optimizer.adam_velocities] == [True, False, False]
    gradient = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    optimizer.apply([gradient, jnp.zeros(4), jnp.zeros((5, 2))])
    # Whatever the gradient's size, the step has singular values near the learning rate.
    sizes = np.linalg.svd(np.ones((3, 4)) - matrix.numpy(), compute_uv=False) / 0.1
    assert (sizes > 0.6).all() and (sizes < 1.3).all()


def test_decay_is_ignored_with_a_warning():
    with pytest.warns(UserWarning, match="InverseTimeDecay"):
        optimizer = SGD(0.1, decay=1e-6)
    assert "decay" not in optimizer.get_config()


def test_setting_the_learning_rate_compiles_nothing_again():
    optimizer, (weight,) = SGD(0.5), weights((2,))
    optimizer.build([weight])
    boxes = [weight, *optimizer.variables]
    traces = []

    @jax.jit
    def step(values):
        traces.append(1)
        with filled(boxes, values):
            optimizer.apply([jnp.ones(2)], [weight])
            return [box.value for box in boxes]

    def run():
        for box, value in zip(boxes, step([box.value for box in boxes])):
            box.assign(value)

    run()
    np.testing.assert_array_equal(weight, [0.5, 0.5])
    optimizer.learning_rate = 0.25
    run()
    np.testing.assert_array_equal(weight, [0.25, 0.25])
    assert float(optimizer.learning_rate) == 0.25
    assert len(traces) == 1
    assert int(optimizer.iterations) == 2


def test_a_schedule_takes_the_place_of_the_rate_but_not_the_other_way():
    optimizer = SGD(0.5)
    assert len(optimizer.variables) == 2
    optimizer.learning_rate = schedules.InverseTimeDecay(1.0, 1, 1.0)
    assert [v.name for v in optimizer.variables] == ["iteration"]
    assert float(optimizer.learning_rate) == 1.0
    with pytest.raises(TypeError, match=r"cannot be set to 0\.1"):
        optimizer.learning_rate = 0.1


def test_the_rate_may_be_a_function():
    optimizer, (weight,) = SGD(lambda: 0.25), weights((1,))
    optimizer.apply([jnp.ones(1)], [weight])
    assert float(weight[0]) == 0.75


def test_building_compiles_nothing(caplog):
    variables = weights((13, 7), (11, 3, 5), (17,))
    Adam().build(weights((1,)))
    with jax.log_compiles(), caplog.at_level(logging.WARNING):
        Adam(amsgrad=True, use_ema=True).build(variables)
    assert [r for r in caplog.records if "ompil" in r.getMessage()] == []


def test_gradients_must_be_there_and_fit():
    optimizer, (a, b) = SGD(), weights((2,), (3,))
    with pytest.raises(ValueError, match="pass the variables too"):
        optimizer.apply([jnp.ones(2)])
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.apply([None, None], [a, b])
    with pytest.raises(ValueError, match="1 gradients for 2 variables"):
        optimizer.apply([jnp.ones(2)])
    with pytest.raises(ValueError, match="built for other variables than 'w0'"):
        optimizer.apply([jnp.ones(2)], weights((2,)))
    assert int(optimizer.iterations) == 0
    np.testing.assert_array_equal(a, [1, 1])


def test_apply_gradients_takes_pairs_and_returns_the_step():
    optimizer, (a, b) = SGD(1.0), weights((2,), (3,))
    step = optimizer.apply_gradients(zip([jnp.ones(2), jnp.ones(3)], [a, b]))
    assert int(step) == 1
    np.testing.assert_array_equal(b, [0, 0, 0])


def test_accumulated_gradients_change_variables_once_a_round():
    optimizer, (weight,) = SGD(1.0, gradient_accumulation_steps=2), weights((1,))
    optimizer.apply([jnp.array([0.25])], [weight])
    assert (float(weight[0]), int(optimizer.iterations)) == (1.0, 0)
    optimizer.apply([jnp.array([0.75])], [weight])
    assert (float(weight[0]), int(optimizer.iterations)) == (0.5, 1)
    optimizer.apply([jnp.array([5.0])], [weight])
    assert float(weight[0]) == 0.5


def test_a_scaled_loss_gives_the_same_step():
    plain, scaled = SGD(1.0), SGD(1.0, loss_scale_factor=8.0)
    (a, b) = weights((1,), (1,))
    plain.apply(jax.grad(lambda w: [plain.scale_loss(w[0][0] ** 2)][0])([a.value]), [a])
    scaled.apply(jax.grad(lambda w: [scaled.scale_loss(w[0][0] ** 2)][0])([b.value]), [b])
    assert float(a[0]) == float(b[0]) == -1.0


def test_weight_decay_can_only_be_restricted_before_the_build():
    optimizer, (a, b) = SGD(1.0, weight_decay=0.5), weights((1,), (1,))
    optimizer.exclude_from_weight_decay(var_list=[b])
    optimizer.apply([jnp.zeros(1), jnp.zeros(1)], [a, b])
    assert (float(a[0]), float(b[0])) == (0.5, 1.0)
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_list=[a])


def test_an_infinite_gradient_is_not_hidden_by_global_clipping():
    optimizer, (a, b) = SGD(1.0, global_clipnorm=1.0), weights((1,), (1,))
    optimizer.apply([jnp.array([jnp.inf]), jnp.ones(1)], [a, b])
    assert np.isnan(a[0]) and np.isnan(b[0])


def test_a_users_own_optimizer():
    own, ours = Momentum(0.1), SGD(0.1, momentum=0.9)
    (a, b) = weights((2,), (2,))
    for gradient in (1.0, -2.0, 0.5):
        own.apply([jnp.full(2, gradient)], [a])
        ours.apply([jnp.full(2, gradient)], [b])
    np.testing.assert_allclose(a, b, rtol=1e-6)
    assert [v.path for v in own.variables] == [
        "momentum/iteration",
        "momentum/learning_rate",
        "momentum/w0_momentum",
    ]
    with serialization.custom_object_scope({"Momentum": Momentum}):
        again = optimizers.deserialize(optimizers.serialize(own))
    assert again.get_config() == own.get_config()


def test_a_variable_kept_as_an_attribute_is_part_of_the_state():
    class Counting(Optimizer):
        def __init__(self):
            super().__init__(0.1)
            self.count = Variable(0.0, name="count")
            self.count = self.count

        def update_step(self, gradient, variable, learning_rate):
            self.count.assign_add(1.0)

    assert [v.name for v in Counting().variables] == ["iteration", "learning_rate", "count"]

    class Early(Optimizer):
        def __init__(self):
            self.count = Variable(0.0)
            super().__init__(0.1)

    with pytest.raises(RuntimeError, match=r"Early.__init__ must call super\(\)"):
        Early()


def test_update_step_is_the_users_to_write():
    with pytest.raises(NotImplementedError, match="Optimizer must define update_step"):
        Optimizer(0.1).apply([jnp.ones(1)], weights((1,)))


def test_names_of_several_slots_interleave():
    optimizer = SGD()
    first, second = optimizer.add_optimizer_variables(weights((1,), (2,)), ["m", "v"], "ones")
    assert [v.name for v in optimizer.variables[2:]] == ["w0_m", "w0_v", "w1_m", "w1_v"]
    assert [v.shape for v in first] == [v.shape for v in second] == [(1,), (2,)]
    assert float(first[0][0]) == 1.0
    with pytest.raises(ValueError, match="2 names"):
        optimizer.add_optimizer_variables(weights((1,)), ["m", "v"], ["ones"])


def test_state_that_does_not_fit_is_refused():
    optimizer = Adam()
    with pytest.raises(ValueError, match="not built yet"):
        optimizer.set_weights([np.int32(3)])
    optimizer.build(weights((2,)))
    with pytest.warns(UserWarning, match="it has 4 variables, the saved optimizer 1"):
        optimizer.load_own_variables({"0": np.int32(3)})
    with pytest.raises(ValueError, match="shape"):
        optimizer.set_weights([np.int32(3), np.float32(0.1), np.ones(5)])
    optimizer.set_weights([np.int32(7)])
    assert int(optimizer.iterations) == 7


def test_stateless_apply_checks_its_lists():
    optimizer = SGD()
    with pytest.raises(ValueError, match="not built yet"):
        optimizer.stateless_apply([], [], [])
    optimizer.build(weights((2,)))
    with pytest.raises(ValueError, match="1 trainable variables and 2 of its own; got 1 and 1"):
        optimizer.stateless_apply([0], [jnp.ones(2)], [jnp.ones(2)])
