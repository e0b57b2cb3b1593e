"""Parts of a large array, worked on by several threads."""

import numpy as np
import pytest

from gyeol.training import checks
from gyeol.training.feed import as_array
from gyeol.training.stored import aligned, copied
from gyeol.utils.threads import on_parts

ROWS = 9_001  # of 4 KiB: work for several threads


def large(dtype="float32"):
    return np.arange(ROWS * 512, dtype=dtype).reshape(ROWS, 512)


@pytest.mark.parametrize("rows, size", [(1, 1 << 30), (3, 1 << 30), (10_000, 5), (10_000, 1 << 26)])
def test_the_parts_are_all_rows_in_their_order(rows, size):
    parts = on_parts(lambda part: list(range(rows)[part]), rows, size)
    assert [row for part in parts for row in part] == list(range(rows))


def test_a_large_array_is_copied_whole():
    array = large() % 1000
    np.testing.assert_array_equal(copied(array, "float32"), array)
    np.testing.assert_array_equal(copied(array[:, ::2], "float16"), array[:, ::2].astype("float16"))


def test_a_number_too_large_is_found_wherever_it_is():
    array = large("float64")
    assert as_array(array, "x").dtype == "float32"
    for row in (0, ROWS // 2, ROWS - 1):
        array[row, 3] = 1e300
        with pytest.raises(ValueError, match=r"1e\+300, which float32 cannot hold"):
            as_array(array, "x")
        array[row, 3] = 0


def test_what_is_no_number_is_found_wherever_it_is():
    array = aligned((ROWS, 512), "float32")
    array[:] = 1
    checks.finite(array, "x")
    for row in (0, ROWS // 2, ROWS - 1):
        array[row, 3] = np.nan
        with pytest.raises(ValueError, match=r"1 values .*\(NaN\) in column 3"):
            checks.finite(array, "x")
        array[row, 3] = 1
