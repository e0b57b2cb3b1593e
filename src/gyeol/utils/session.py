"""Seeds and names that the whole program shares."""

import gc
import operator
import random
from typing import SupportsIndex

import numpy as np

import gyeol.random
from gyeol import config, serialization


def set_random_seed(seed: SupportsIndex) -> None:
    """Seed gyeol, NumPy and Python, so that the program does the same each time.

    Args:
        seed: a whole number from 0 to 2**32 - 1.

    Raises:
        ValueError: something else.
    """
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if not 0 <= number < 2**32:
        raise ValueError(f"A seed is a whole number from 0 to 2**32 - 1; got {seed!r}.")
    random.seed(number)
    np.random.seed(number)
    gyeol.random.set_seed(number)


def clear_session(free_memory: bool = True) -> None:
    """Let automatic names ('dense', 'dense_1', ...) begin again, and forget the dtype policy.

    Compiled programs are kept.

    Args:
        free_memory: whether to collect what is no longer used at once.
    """
    serialization.reset_names()
    config._dtype_policy = None
    if free_memory:
        gc.collect()
