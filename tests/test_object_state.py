"""What an object keeps to itself, found and put back."""

import json
import random
from collections import defaultdict, deque

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyeol.object_state import Watched, decode, encode, keep

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.builds(np.float32, st.floats(width=32, allow_nan=False))
    | st.builds(lambda n: np.arange(n, dtype="int16"), st.integers(0, 5)),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.lists(inner).map(lambda items: deque(items, maxlen=9))
        | st.sets(st.integers() | st.text())
    ),
    max_leaves=9,
)


def same(one, other):
    if isinstance(one, (np.ndarray, np.generic)):
        return type(one) is type(other) and one.dtype == other.dtype and (one == other).all()
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple, deque)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@given(plain)
def test_what_is_written_is_read(value):
    arrays = []
    text = json.dumps(encode(value, arrays))
    assert same(decode(json.loads(text), arrays), value)


@pytest.mark.parametrize(
    "make,draw",
    [
        (lambda: random.Random(3), lambda g: g.random()),
        (lambda: np.random.RandomState(3), lambda g: g.random()),
        (lambda: np.random.default_rng(3), lambda g: g.random()),
        (lambda: np.random.Generator(np.random.MT19937(3)), lambda g: g.random()),
        (lambda: np.random.Generator(np.random.Philox(3)), lambda g: g.random()),
        (lambda: np.random.Generator(np.random.SFC64(3)), lambda g: g.random()),
    ],
)
def test_random_generators_go_on(make, draw):
    generator, arrays = make(), []
    draw(generator)
    encoded = json.loads(json.dumps(encode(generator, arrays)))
    assert draw(decode(encoded, arrays)) == draw(generator)


def test_what_has_no_plain_form_is_refused():
    for value in (object(), {"a": [lambda: 1]}, np.array(["text"]), open):
        with pytest.raises(TypeError, match="State can hold"):
            encode(value, [])
    for encoded in ({"class_name": 1}, {}, {"generator": {"dict": [["bit_generator", "eval"]]}}):
        with pytest.raises(ValueError, match="no kind of value"):
            decode(encoded, [])


def test_what_is_kept_does_not_change():
    array = np.zeros(3)
    kept = keep({"array": array, "list": [array]})
    array += 1
    assert decode(kept.encoded, kept.arrays)["array"].tolist() == [0, 0, 0]
    assert kept.is_still(keep({"array": np.zeros(3), "list": [np.zeros(3)]}))
    assert not kept.is_still(keep({"array": array, "list": [array]}))


class Owner:
    def __init__(self, patience, path):
        self.patience, self.path = patience, path
        self.best, self.seen, self.by_name = None, [], defaultdict(int)
        self.weights, self.model = jnp.zeros(2), object()
        self.large = np.zeros((5, 1 << 20), "float32")

    def work(self):
        self.best, self.weights = 0.5, jnp.ones(2)
        self.seen.append(1)
        self.by_name["a"] += 1


def test_only_what_changed_comes_back():
    owner = Owner(3, "here")
    watched = Watched(owner)
    owner.work()
    kept = watched.state()
    other = Owner(9, "there")
    watched, seen = Watched(other), other.seen
    other.seen.append(7)
    watched.restore(decode(kept.encoded, kept.arrays))
    assert (other.patience, other.path) == (9, "there")
    assert (other.best, other.seen, other.by_name["a"]) == (0.5, [1], 1)
    assert other.weights.tolist() == [1, 1]
    assert other.seen is seen  # in place, for others may hold it too
    assert type(other.by_name) is defaultdict


def test_what_did_not_change_becomes_what_it_was():
    owner = Owner(3, "here")
    watched = Watched(owner)
    kept = watched.state()
    owner.work()
    watched.restore(decode(kept.encoded, kept.arrays))
    assert (owner.best, owner.seen, dict(owner.by_name)) == (None, [], {})


def test_a_large_array_that_changes_is_named():
    owner = Owner(3, "here")
    watched = Watched(owner)
    watched.state()
    owner.large[:] = 1
    with pytest.warns(UserWarning, match=r"Owner\.large changes .* too large"):
        assert "large" not in decode(*watched.state())
    watched.state()  # it is said once
