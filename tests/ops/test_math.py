"""ops.math: arguments by position and by name, variables, dtypes, and programs."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import ops
from gyeol.variable import Variable

FUNCTIONS = [name for name in ops.__all__ if callable(getattr(ops, name))]


def test_every_function_is_documented_and_knows_its_name():
    for name in FUNCTIONS:
        function = getattr(ops, name)
        assert function.__name__ == name
        assert function.__doc__.strip().splitlines()[0].endswith("."), name


def test_every_function_has_typed_parameters():
    for name in FUNCTIONS:
        for parameter in inspect.signature(getattr(ops, name)).parameters.values():
            assert parameter.annotation is not parameter.empty, (name, parameter.name)


def test_arguments_by_name():
    x = [[1.0, 5.0], [2.0, 3.0]]
    assert ops.max(x=x, axis=1, keepdims=True).tolist() == [[5.0], [3.0]]
    assert ops.subtract(x1=[3], x2=[1]).tolist() == [2]
    assert ops.reshape(x, newshape=(4,)).tolist() == [1.0, 5.0, 2.0, 3.0]


@pytest.mark.parametrize("arguments, words", [((), "'x'"), (([1.0], 0, False, 7), "too many")])
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises(TypeError, match=words):
        ops.mean(*arguments)


VALUE = np.asarray([[0.5, -1.5], [2.0, 0.25]], "float32")

# Every function that reads arrays through its own code, and some of the table.
ON_A_VARIABLE = {
    "exp": lambda v: ops.exp(v),
    "sum": lambda v: ops.sum(v, axis=0),
    "matmul": lambda v: ops.matmul(v, v),
    "clip": lambda v: ops.clip(v, -v, v),
    "floor": lambda v: ops.floor(v),
    "ceil": lambda v: ops.ceil(v),
    "where": lambda v: ops.where(ops.greater(v, 0), v, 0),
    "einsum": lambda v: ops.einsum("ij,jk->ik", v, v),
    "concatenate": lambda v: ops.concatenate([v, [[1.0, 2.0]]]),
    "stack": lambda v: ops.stack([v, v]),
    "pad": lambda v: ops.pad(v, 1),
    "top_k": lambda v: ops.top_k(v, 1)[0],
    "segment_sum": lambda v: ops.segment_sum(v, [0, 0], 1),
    "linspace": lambda v: ops.linspace(v, 3.0, 4),
    "full": lambda v: ops.full((2, 2), v),
    "full_like": lambda v: ops.full_like(v, v),
    "cast": lambda v: ops.cast(v, "int32"),
    "cond": lambda v: ops.cond(ops.any(v), lambda: 1.0, lambda: 2.0),
    "stop_gradient": lambda v: ops.stop_gradient(v),
    "convert_to_tensor": lambda v: ops.convert_to_tensor(v),
    "moments": lambda v: ops.moments(v, 0)[1],
    "one_hot": lambda v: ops.one_hot(v, 3),
    "batch_normalization": lambda v: ops.batch_normalization(v, v[0], v[1] ** 2, -1, v[0], v[1]),
    "layer_normalization": lambda v: ops.layer_normalization(v, v[0], v[1]),
    "normalize": lambda v: ops.normalize(v),
    "attention": lambda v: ops.dot_product_attention(*[ops.reshape(v, (1, 2, 1, 2))] * 3, bias=v),
    "binary_crossentropy": lambda v: ops.binary_crossentropy(v, v, from_logits=True),
    "quantile": lambda v: ops.quantile(v, 0.25, axis=0),
    "average": lambda v: ops.average(v, axis=0, weights=ops.abs(v)),
    "select": lambda v: ops.select([ops.greater(v, 0)], [v], v[0]),
    "rearrange": lambda v: ops.rearrange(v, "a b -> b a"),
    "get_item": lambda v: ops.get_item(v, 1),
    "scatter": lambda v: ops.scatter([[0], [1]], v, (3, 2)),
    "scatter_update": lambda v: ops.scatter_update(v, [[0]], v[1:], "max"),
    "slice": lambda v: ops.slice(v, (0, 1), (2, 1)),
    "slice_update": lambda v: ops.slice_update(v, (0, 1), v[:, :1]),
    "map": lambda v: ops.map(ops.sum, v),
    "scan": lambda v: ops.scan(lambda total, x: (total + x, total), v, v)[1],
    "while_loop": lambda v: ops.while_loop(lambda x: ops.all(x < 9), lambda x: x + 1.0, v),
    "solve": lambda v: ops.solve(v, v[0]),
    "cholesky": lambda v: ops.cholesky(ops.matmul(v, ops.transpose(v))),
    "stft": lambda v: ops.stft(v, 2, 1, 2, center=False)[0],
    "custom_gradient": lambda v: ops.custom_gradient(lambda x: (x * x, lambda dy: dy))(v),
}


@pytest.mark.parametrize("name", ON_A_VARIABLE)
def test_a_variable_is_as_good_as_an_array(name):
    call, variable = ON_A_VARIABLE[name], Variable(VALUE)
    expected = call(jnp.asarray(VALUE))
    assert isinstance(call(variable), jax.Array)
    np.testing.assert_array_equal(call(variable), expected)
    np.testing.assert_allclose(jax.jit(lambda: call(variable))(), expected, rtol=1e-6)


def test_outside_of_programs_a_variable_has_a_shape_and_numpy_values():
    variable = Variable(VALUE)
    assert ops.shape(variable) == (2, 2)
    values = ops.convert_to_numpy(variable)
    values[0, 0] = 9.0
    assert type(values) is np.ndarray
    assert variable.numpy()[0, 0] == 0.5


def test_numbers_take_the_dtype_of_the_array_beside_them():
    half = jnp.ones(2, "bfloat16")
    assert ops.add(half, 1.0).dtype == ops.maximum(0.0, half).dtype == "bfloat16"
    assert ops.clip(half, -1.0, 1.0).dtype == "bfloat16"


def test_64_bits_are_32_without_a_warning():
    assert ops.cast([1.5], "int64").dtype == "int32"
    assert ops.zeros(2, "float64").dtype == ops.cumsum([1.0], dtype="float64").dtype == "float32"
    assert ops.arange(3, dtype="int64").dtype == "int32"
    assert ops.linspace(0, 1, 3, dtype="float64").dtype == "float32"


def test_constants_have_the_float_type_of_the_config(monkeypatch):
    monkeypatch.setattr("gyeol.config._floatx", "float16")
    made = [ops.zeros(2), ops.ones((1, 2)), ops.full(2, 3), ops.eye(2), ops.one_hot([1], 2)]
    assert {array.dtype.name for array in made} == {"float16"}


def test_no_gradient_flows_through_stop_gradient():
    gradient = jax.grad(lambda x: ops.sum(x * ops.stop_gradient(x)))(jnp.asarray([3.0]))
    assert gradient.tolist() == [3.0]


def test_cond_chooses_when_the_program_runs():
    program = jax.jit(lambda x: ops.cond(x > 0, lambda: x, lambda: -x))
    assert [float(program(x)) for x in (2.0, -3.0)] == [2.0, 3.0]


def test_where_of_a_condition_alone_says_where_it_is_true():
    rows, columns = ops.where([[False, True], [True, False]])
    assert rows.tolist() == [0, 1]
    assert columns.tolist() == [1, 0]


def test_pad_refuses_values_that_its_mode_does_not_use():
    with pytest.raises(ValueError, match="mode='reflect'"):
        ops.pad([1.0, 2.0], 1, mode="reflect", constant_values=3.0)


def test_activations_are_handed_on():
    from gyeol import activations, ops

    assert ops.relu is activations.relu
    assert float(ops.softmax(np.zeros(4))[0]) == 0.25
    with pytest.raises(AttributeError, match="no_such_function"):
        _ = ops.no_such_function
