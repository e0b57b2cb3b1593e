"""The optimizers' kernels against their definitions in float64."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import kernels

pytestmark = pytest.mark.skipif(kernels.library() is None, reason="built without a compiler")


def adam(numbers, w, m, v, g):
    alpha, rest_1, rest_2, epsilon = numbers
    m = m + (g - m) * rest_1
    v = v + (g * g - v) * rest_2
    return w - m * alpha / (np.sqrt(v) + epsilon), m, v


def sgd(numbers, w, g):
    return (w - numbers[0] * g,)


def momentum(numbers, w, m, g):
    m = m * numbers[1] - g * numbers[0]
    return w + m, m


def nesterov(numbers, w, m, g):
    m = m * numbers[1] - g * numbers[0]
    return w + (m * numbers[1] - g * numbers[0]), m


def rmsprop(numbers, w, v, g):
    v = numbers[1] * v + numbers[2] * g * g
    return w - numbers[0] * g / np.sqrt(v + numbers[4]), v


def rmsprop_with_momentum(numbers, w, v, m, g):
    step, v = rmsprop(numbers, 0.0, v, g)
    m = m * numbers[3] - step
    return w - m, v, m


# The definition, the kernel, its settings, its numbers.
RULES = [
    (adam, "adam", [0], [1e-3, 0.1, 1e-3, 1e-7]),
    (sgd, "sgd", [0, 0], [0.01, 0.0]),
    (momentum, "sgd", [1, 0], [0.01, 0.9]),
    (nesterov, "sgd", [1, 1], [0.01, 0.9]),
    (rmsprop, "rmsprop", [0], [1e-3, 0.9, 0.1, 0.0, 1e-7]),
    (rmsprop_with_momentum, "rmsprop", [1], [1e-3, 0.9, 0.1, 0.9, 1e-7]),
]


def updated(name, numbers, settings, columns):
    """The new variables and slots; columns are all variables, all of each slot, all gradients."""
    operands = [jnp.asarray(a, jnp.float32) for column in columns for a in column]
    kept = operands[: -len(columns[-1])]
    results = [(a.shape, np.float32) for a in kept]
    aliases = {1 + place: place for place in range(len(kept))}
    numbers = jnp.asarray(numbers, jnp.float32)
    return kernels.call(name, results, [numbers, *operands], settings, aliases)


def arrays(definition, shapes, seed=0):
    """A column of arrays for each argument: w, slots, g. Averages of squares are not negative."""
    generator = np.random.default_rng(seed)
    names = definition.__code__.co_varnames[1 : definition.__code__.co_argcount]
    made = {name: [generator.normal(size=s).astype(np.float32) for s in shapes] for name in names}
    if "v" in made:
        made["v"] = [np.square(a) * generator.choice([0, 1e-6, 1], a.shape) for a in made["v"]]
    return [[np.float32(a) for a in column] for column in made.values()]


def assert_same(definition, name, settings, numbers, shapes, seed=0):
    columns = arrays(definition, shapes, seed)
    made = updated(name, numbers, settings, columns)
    exact = np.asarray(np.float32(numbers), np.float64)
    for n in range(len(shapes)):
        given = [np.asarray(column[n], np.float64) for column in columns]
        for place, expected in enumerate(definition(exact, *given)):
            np.testing.assert_allclose(
                made[place * len(shapes) + n],
                expected,
                rtol=1e-6,
                atol=1e-6,
                err_msg=str(shapes[n]),
            )


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(RULES),
    st.lists(
        st.sampled_from([(), (1,), (3, 5), (16,), (70, 61), (130, 97)]), min_size=1, max_size=3
    ),
    st.integers(0, 99),
)
def test_every_variable_and_slot_changes_as_defined(rule, shapes, seed):
    assert_same(*rule, shapes, seed)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule[0].__name__)
def test_each_instruction_set_gives_the_same(instruction_set, rule):
    assert_same(*rule, [(300, 67), (5,)])


def test_unusual_numbers_of_adam_become_what_division_makes_of_them(instruction_set):
    # v becomes the gradient's square, from 0 over small and large numbers to infinity and NaN.
    gradients = np.float32([0, 1.5e-19, 1e-15, 1e-10, 1.7, 1e19, 1e30, np.nan] * 3)
    means = np.repeat(np.float32([1.0, 3e38, 0.0]), 8)  # times alpha, one of them overflows
    zeros = np.zeros(24, np.float32)
    for epsilon in (0.0, 1e-7):
        numbers = np.float32([10.0, 0.0, 1.0, epsilon])
        given = zeros, means, zeros, gradients
        w = updated("adam", numbers, [0], [[column] for column in given])[0]
        with np.errstate(all="ignore"):
            expected = adam(numbers, *given)[0]
        np.testing.assert_allclose(w, expected, rtol=4e-7)


def test_what_others_still_need_is_not_overwritten():
    value, zeros = jnp.arange(5.0), jnp.zeros(5)

    @jax.jit
    def both(value):
        new, *_ = updated("adam", [1.0, 1.0, 1.0, 0.0], [0], [[value], [zeros], [zeros], [value]])
        return new, value + 1

    new, old = both(value)
    np.testing.assert_allclose(new[1:], value[1:] - 1, rtol=1e-6)
    np.testing.assert_array_equal(old, value + 1)
