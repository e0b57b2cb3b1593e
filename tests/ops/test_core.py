"""ops.core: control flow inside programs, and parts of arrays."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import ops


def test_saturate_cast_stops_at_the_bounds():
    x = [-3e9, -1.5, 1.5, 3e9, np.inf]
    assert ops.saturate_cast(x, "int8").tolist() == [-128, -1, 1, 127, 127]
    assert ops.saturate_cast(x, "uint8").tolist() == [0, 0, 1, 255, 255]
    # 2**31 - 1 is no float32: the next smaller one is.
    assert ops.saturate_cast(x, "int32")[3] == 2**31 - 128
    assert ops.saturate_cast([-1, 5], "bool").tolist() == [False, True]
    assert ops.saturate_cast(np.int32([-1, 300]), "uint8").tolist() == [0, 255]


def test_a_loop_stops_at_its_bound_and_keeps_its_form():
    state = ops.while_loop(lambda a, b: True, lambda a, b: (a + 1, b * 2), [0, 1], 5)
    assert [int(part) for part in state] == [5, 32]


def test_loops_and_branches_choose_when_the_program_runs():
    @jax.jit
    def program(n):
        total = ops.fori_loop(0, n, lambda step, total: total + step, 0)
        return total, ops.switch(n, [lambda x: x, lambda x: x * 10], total)

    assert [int(value) for value in program(1)] == [0, 0]
    assert [int(value) for value in program(4)] == [6, 60]


def test_a_structure_goes_through_a_scan():
    state, outputs = ops.scan(
        lambda state, x: ({"sum": state["sum"] + x["a"]}, x["b"] * 2),
        {"sum": 0.0},
        {"a": jnp.arange(3.0), "b": jnp.ones((3, 2))},
    )
    assert float(state["sum"]) == 3.0
    assert outputs.shape == (3, 2)


def test_places_may_be_known_only_when_the_program_runs():
    program = jax.jit(lambda begin: ops.slice(jnp.arange(6), [begin], [2]))
    assert [program(n).tolist() for n in (1, 3)] == [[1, 2], [3, 4]]


def test_a_reduction_that_is_none():
    with pytest.raises(ValueError, match="'mul'; got 'mean'"):
        ops.scatter_update([1.0], [[0]], [2.0], reduction="mean")


@pytest.mark.parametrize(
    "call",
    [
        lambda: ops.convert_to_tensor([1.0], sparse=True),
        lambda: ops.one_hot([1], 2, sparse=True),
        lambda: ops.multi_hot([1], 2, sparse=True),
        lambda: ops.bincount([1], sparse=True),
    ],
)
def test_sparse_arrays_are_refused_in_words(call):
    with pytest.raises(ValueError, match="dense arrays only"):
        call()
