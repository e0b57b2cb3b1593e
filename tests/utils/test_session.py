"""Seeds and names that the whole program shares."""

import random

import numpy as np
import pytest

import gyeol.random
from gyeol import serialization
from gyeol.utils import clear_session, set_random_seed


def draws():
    return random.random(), np.random.rand(), gyeol.random.make_default_seed()


def test_a_seed_makes_everything_the_same_again():
    set_random_seed(3)
    first = draws()
    assert draws() != first
    set_random_seed(np.int64(3))
    assert draws() == first


@pytest.mark.parametrize("wrong", [-1, 2**32, 0.5, "1", None])
def test_a_seed_is_a_whole_number(wrong):
    with pytest.raises(ValueError, match="whole number from 0"):
        set_random_seed(wrong)


def test_names_begin_again():
    clear_session()
    assert [serialization.auto_name("Dense") for _ in range(2)] == ["dense", "dense_1"]
    clear_session()
    assert serialization.auto_name("Dense") == "dense"
