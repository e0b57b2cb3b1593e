"""What the columns of a table tell that all of its rows have to be asked for."""

import numpy as np

# So many rows tell which columns to look at wholly.
_FEW = 512


def constant(some: np.ndarray, rows: np.ndarray) -> tuple[int, ...]:
    """The columns with one value only.

    Args:
        some: some of the rows, (rows, columns), which leave few columns to look at.
        rows: all of them.
    """
    likely = np.flatnonzero((some == some[0]).all(axis=0))
    return tuple(int(n) for n in likely if (rows[:, n] == rows[0, n]).all())


def multiples(some: np.ndarray, rows: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Each column that equals an earlier one times a number, behind the first such.

    Args:
        some, rows: as for `constant`.
    """
    values = some.astype(np.float64)
    values /= np.maximum(np.abs(values).max(axis=0), 1e-300)
    few = values[:: max(1, len(values) // _FEW)]
    # By no product of matrices: the threads of one go on spinning, in the way of the training.
    alike = np.einsum("ij,ik->jk", few, few)
    lengths = np.diag(alike)
    # 1 less the square of the angle's cosine: about 1e-14 for values that were rounded to float32.
    apart = 1 - alike**2 / np.maximum(np.outer(lengths, lengths), 1e-300)
    pairs: dict[int, int] = {}
    for one, other in np.argwhere(np.triu(apart < 1e-11, 1)).tolist():
        # Two columns that are nearly all the same may be so by chance.
        differ = (values[:, other] != np.median(values[:, other])).sum()
        if differ >= 5 and other not in pairs and _are_multiples(rows[:, one], rows[:, other]):
            pairs[other] = one
    return tuple((one, other) for other, one in sorted(pairs.items()))


def _are_multiples(one: np.ndarray, other: np.ndarray) -> bool:
    a, b = one.astype(np.float64), other.astype(np.float64)
    peak = np.abs(a).argmax()
    return bool(np.allclose(a * (b[peak] / a[peak]), b, rtol=1e-5, atol=1e-6 * np.abs(b).max()))


def fitted(array: np.ndarray) -> str | None:
    """How columns were scaled by these very rows: 'standard', '0 to 1', '-1 to 1', or None.

    Args:
        array: (rows, columns), or (rows, steps, columns) of a series.

    Of other rows of the same quantities no column has exactly the mean 0 and the spread 1, or ends
    exactly at 0 and 1. Columns of few values do not tell.
    """
    if array.dtype.kind != "f" or len(array) < 10:
        return None
    if array.ndim == 3:
        return "0 to 1" if _is_series_from_0_to_1(array) else None
    few = array[:64]
    telling = [
        n for n in range(array.shape[1]) if len(np.unique(few[:, n])) > min(10, len(few) / 2)
    ]
    if len(telling) < 2:
        return None
    if all(_ends_at(array[:, n], 0, 1) for n in telling):
        return "0 to 1"
    # Sines of the time of day reach their ends again and again.
    if all(_ends_at(array[:, n], -1, 1) and (array[:, n] == 1).sum() < 3 for n in telling):
        return "-1 to 1"
    return "standard" if all(_is_standard(array[:, n]) for n in telling) else None


def _is_series_from_0_to_1(array: np.ndarray) -> bool:
    """Whether each quantity of (rows, steps, quantities) ends at 0 and 1, each at one time.

    Windows that overlap have one time in one row after the other, each time a step earlier. Where
    each step was scaled by itself, and in pixels, the ends come anywhere.
    """
    few, most = array[:64], array.shape[1] * array.shape[2]
    if max((few == end).sum() for end in (0, 1)) > most:
        return False
    return all(
        _ends_at(array[..., n], 0, 1) and all(_is_one_time(array[..., n] == end) for end in (0, 1))
        for n in range(array.shape[2])
    )


def _is_one_time(found: np.ndarray) -> bool:
    rows, steps = np.nonzero(found)
    return len(np.unique(rows + steps)) == 1


def _ends_at(column: np.ndarray, low: float, high: float) -> bool:
    return abs(float(column.min()) - low) < 1e-6 and abs(float(column.max()) - high) < 1e-6


def _is_standard(column: np.ndarray) -> bool:
    exact = column.astype(np.float64)
    return abs(exact.mean()) < 1e-5 and abs(exact.std() - 1) < 1e-5
