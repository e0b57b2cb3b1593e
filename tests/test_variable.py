"""Variables: arrays in boxes that can be filled, read and put back."""

import operator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol.variable import Variable, computing_in, filled, restoring

BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]
OTHERS = {
    "number": lambda a: 2.0,
    "numpy": lambda a: a + 1,
    "jax": lambda a: jnp.asarray(a + 1),
    "variable": lambda a: Variable(a + 1),
}


def same(mine, expected):
    np.testing.assert_allclose(np.asarray(mine), np.asarray(expected), rtol=1e-6)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", BINARY + COMPARISONS)
def test_operators_are_those_of_arrays(name, other):
    array = np.array([1.0, 2.0, 4.0], "float32")
    other = OTHERS[other](array)
    plain = other.numpy() if isinstance(other, Variable) else other
    function = getattr(operator, name)
    same(function(Variable(array), other), function(array, plain))
    same(function(other, Variable(array)), function(plain, array))


def test_unary_operators_indices_and_conversions():
    array = np.array([[1.0, -2.0], [3.0, 4.0]], "float32")
    variable = Variable(array)
    same(-variable, -array)
    same(+variable, array)
    same(abs(variable), abs(array))
    same(variable @ variable, array @ array)
    same(array @ variable, array @ array)
    same(variable[0], array[0])
    same(variable[Variable(1)], array[1])
    same(jnp.sum(variable.value), array.sum())
    same(np.exp(variable), np.exp(array))
    assert len(variable) == 2 and [row.shape for row in variable] == [(2,), (2,)]
    assert (float(Variable(1.5)), int(Variable(3)), bool(Variable(0.0))) == (1.5, 3, False)
    assert variable.numpy().dtype == "float32"


def test_a_variable_is_told_from_another_by_its_place():
    one, other = Variable(1.0), Variable(1.0)
    assert bool(one == other)
    assert {one: "one", other: "other"}[one] == "one"


@pytest.mark.parametrize(
    "initial,dtype,expected",
    [
        (1, None, "int32"),
        (1.0, None, "float32"),
        ([1.0, 2.0], None, "float32"),
        (True, None, "bool"),
        (np.ones(2, "float16"), None, "float16"),
        (np.ones(2, "float64"), None, "float32"),
        (np.ones(2, "uint8"), None, "uint8"),
        (np.ones(2), "bfloat16", "bfloat16"),
        (3, "float32", "float32"),
    ],
)
def test_dtypes(initial, dtype, expected):
    assert Variable(initial, dtype=dtype).dtype == expected


def test_a_function_makes_the_first_value():
    variable = Variable(lambda shape, dtype: np.full(shape, 3, dtype), shape=[2, 1], name="threes")
    assert (variable.shape, variable.ndim, variable.size) == ((2, 1), 2, 2)
    assert variable.numpy().tolist() == [[3.0], [3.0]]
    assert repr(variable) == "<Variable path=threes, shape=(2, 1), dtype=float32>"
    with pytest.raises(ValueError, match="needs its shape"):
        Variable(lambda shape, dtype: np.zeros(shape, dtype))


def test_assign_keeps_shape_and_dtype():
    variable = Variable(np.zeros(2, "float32"), name="pair")
    variable.assign([1, 2])
    assert variable.dtype == "float32"
    variable.assign_add(Variable([0.5, 0.5]))
    variable.assign_sub(1.0)
    assert variable.numpy().tolist() == [0.5, 1.5]


@pytest.mark.parametrize("wrong", [3.0, [1.0], [[1.0, 2.0]], np.zeros(3)])
def test_assign_refuses_another_shape(wrong):
    variable = Variable([1.0, 2.0], name="pair")
    with pytest.raises(ValueError, match=r"'pair' has shape \(2,\)"):
        variable.assign(wrong)
    assert variable.numpy().tolist() == [1.0, 2.0]


def test_first_values_are_concrete_while_tracing():
    made = []

    @jax.jit
    def program(x):
        made.append(Variable(np.ones(2)))
        return x * made[0]

    program(1.0)
    assert made[0].numpy().tolist() == [1.0, 1.0]


def test_filled_boxes_compile_and_are_put_back():
    variable = Variable(2.0)

    @jax.jit
    def program(value, x):
        with filled([variable], [value]):
            variable.assign_add(x)
            return variable * 10, variable.value

    result, after = program(jnp.float32(5.0), 1.0)
    assert (float(result), float(after), float(variable)) == (60.0, 6.0, 2.0)


def test_filled_boxes_are_put_back_after_an_error():
    one, other = Variable(1.0), Variable(2.0)
    with pytest.raises(RuntimeError), filled([one, other], [jnp.ones(()), jnp.ones(())]):
        raise RuntimeError
    with pytest.raises(ValueError), filled([one, other], [jnp.zeros(())]):
        pass
    assert (float(one), float(other)) == (1.0, 2.0)


@settings(max_examples=30)
@given(
    steps=st.lists(st.tuples(st.sampled_from([0, 1]), st.integers(-3, 3)), max_size=6),
    inner=st.integers(0, 6),
    fails=st.booleans(),
)
def test_restoring_undoes_every_assignment(steps, inner, fails):
    boxes = [Variable(1), Variable(2)]

    def walk(steps):
        for place, value in steps:
            boxes[place].assign_add(value)

    try:
        with restoring():
            walk(steps[:inner])
            expected = [int(box) for box in boxes]
            with restoring():
                walk(steps[inner:])
            assert [int(box) for box in boxes] == expected
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
    assert [int(box) for box in boxes] == [1, 2]


def test_computing_in_another_dtype_changes_what_is_read_and_not_what_is_kept():
    weight = Variable(np.ones(2, "float32"))
    exact = Variable(np.ones(2, "float32"), autocast=False)
    whole = Variable(np.ones(2, "int32"))
    with computing_in("bfloat16"):
        assert (weight.dtype, exact.dtype, whole.dtype) == ("bfloat16", "float32", "int32")
        assert (weight * weight).dtype == jnp.bfloat16 == (jnp.ones(2, "bfloat16") @ weight).dtype
        # 1/512 is lost in bfloat16 beside 1.
        weight.assign(np.full(2, 1 + 1 / 512, "float32"))
        with computing_in(None):
            assert weight.dtype == "float32"
    assert weight.numpy().tolist() == [1 + 1 / 512] * 2


def test_a_variable_keeps_its_value_when_the_array_it_was_given_changes():
    # JAX uses the memory of arrays that begin at a multiple of 64 bytes.
    memory = np.zeros(64 + 256, np.uint8)
    begin = -memory.ctypes.data % 64
    given = memory[begin : begin + 256].view(np.float32)
    made, assigned = Variable(given), Variable(given + 1)
    assigned.assign(given)
    given[:] = 7.0
    assert made.numpy().tolist() == assigned.numpy().tolist() == [0.0] * 64
