"""`split_dataset`, and windows over a series."""

import random
from collections.abc import Iterable
from typing import Any

import numpy as np

from gyeol.serialization import exported
from gyeol.utils.dataset import Dataset, map_structure


@exported("keras.utils")
def split_dataset(
    dataset: Any,
    left_size: int | float | None = None,
    right_size: int | float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Split samples into two data sets.

    Args:
        dataset: an array, a list or tuple of arrays of one length, a `Dataset`, or a data set of
            TensorFlow or torch; what is batched is split sample by sample.
        left_size: how many samples go to the left, or which share of them; the rest by default.
        right_size: the same for the right; together they may leave samples out.
        shuffle: whether the samples are put in a random order first.
        seed: from which the order follows.
        preferred_backend: taken for Keras's sake.

    Returns:
        The left and the right `Dataset`, batched if `dataset` is a batched `Dataset`.

    Raises:
        ValueError: sizes that do not fit the data.
        TypeError: something else than samples.

    >>> left, right = split_dataset(np.arange(10), left_size=0.8)
    >>> len(left), [int(x) for x in right]
    (8, [8, 9])
    """
    batch_size = getattr(dataset, "_batch_size", None)
    samples = list(_samples(dataset, batch_size))
    left, right = _sizes(left_size, right_size, len(samples))
    if shuffle:
        # Keras's order, from Python's own generator.
        random.Random(random.randint(0, 10**6) if seed is None else seed).shuffle(samples)
    halves = []
    for half in (samples[:left], samples[-right:]):
        first, flat = half[0], [_flat(sample) for sample in half]
        columns = iter([np.array(column) for column in zip(*flat)])
        arrays = map_structure(lambda _, columns=columns: next(columns), first)
        data = Dataset.from_tensor_slices(arrays)
        halves.append(data.batch(int(batch_size)) if batch_size is not None else data)
    return halves[0], halves[1]


def _samples(dataset: Any, batch_size: Any) -> Iterable[Any]:
    if isinstance(dataset, (list, tuple)):
        if len({len(part) for part in dataset}) != 1:
            raise ValueError("split_dataset takes arrays of one length.")
        return zip(*dataset)
    if isinstance(dataset, Dataset):
        return dataset._elements() if batch_size is None else dataset.unbatch()._elements()
    if hasattr(dataset, "as_numpy_iterator"):
        batched = dataset if batch_size is None else dataset.unbatch()
        return batched.as_numpy_iterator()
    if isinstance(dataset, np.ndarray) or hasattr(dataset, "__array__"):
        return iter(np.asarray(dataset))
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        made = (dataset[i] for i in range(len(dataset)))
        return (tuple(item) if isinstance(item, list) else item for item in made)
    raise TypeError(
        f"split_dataset takes arrays or a data set; got an object of {type(dataset).__name__}."
    )


def _flat(sample: Any) -> list[Any]:
    found: list[Any] = []
    map_structure(lambda leaf: found.append(np.asarray(leaf)), sample)
    return found


def _sizes(left: int | float | None, right: int | float | None, total: int) -> tuple[int, int]:
    def count(name: str, size: int | float | None) -> int | None:
        if size is None:
            return None
        if isinstance(size, bool) or not isinstance(size, (int, float)):
            raise TypeError(f"{name} is a number of samples or a share of them; got {size!r}.")
        if not 0 < size < (total if isinstance(size, int) else 1):
            raise ValueError(
                f"{name} is a whole number below {total}, the number of samples, or a share "
                f"between 0 and 1; got {size!r}."
            )
        return size if isinstance(size, int) else round(size * total)

    if left is None and right is None:
        raise ValueError("split_dataset needs left_size or right_size.")
    lefts, rights = count("left_size", left), count("right_size", right)
    lefts = total - rights if lefts is None else lefts
    rights = total - lefts if rights is None else rights
    shares = isinstance(left, float) and isinstance(right, float) and left + right > 1
    if shares or lefts + rights > total or not lefts or not rights:
        raise ValueError(
            f"{total} samples do not split into {lefts} and {rights}; got left_size={left!r} and "
            f"right_size={right!r}."
        )
    return lefts, rights


@exported("keras.preprocessing")
@exported("keras.utils")
def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Windows over a series, with the targets that belong to their beginnings.

    Args:
        data: the series, (time, ...).
        targets: the target of the window that begins at each time; None for windows alone.
        sequence_length: entries a window.
        sequence_stride: from one window's beginning to the next one's.
        sampling_rate: from one entry of a window to the next.
        batch_size: windows a batch; None for one window after another.
        shuffle: whether windows come in a random order.
        seed: from which the order follows.
        start_index, end_index: the part of the series to use; all by default.
        format: taken for Keras's sake.

    Returns:
        A `Dataset` of (windows, targets), or of windows.

    >>> windows = timeseries_dataset_from_array(np.arange(5), None, sequence_length=3)
    >>> next(iter(windows)).tolist()
    [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    """
    series, total = np.asarray(data), len(data)
    first, last = start_index or 0, total if end_index is None else end_index
    if not 0 <= first < last <= total:
        raise ValueError(
            f"start_index and end_index lie in order within the {total} entries of the series; "
            f"got {start_index} and {end_index}."
        )
    for name, given in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not 0 < given < total:
            raise ValueError(f"{name} is from 1 to {total - 1}; got {given}.")
    count = last - first - (sequence_length - 1) * sampling_rate
    if targets is not None:
        count = min(count, len(targets) - first)
    begins = np.arange(0, count, sequence_stride)
    if shuffle:
        seed = int(np.random.randint(10**6)) if seed is None else seed
        np.random.RandomState(seed).shuffle(begins)
    rows = Dataset.from_tensor_slices(begins)
    if shuffle:
        rows = rows.shuffle(1024 if batch_size is None else 8 * batch_size, seed)
    if batch_size is not None:
        rows = rows.batch(batch_size)
    offsets = np.arange(sequence_length) * sampling_rate
    goals = None if targets is None else np.asarray(targets)

    def windows(begin: Any) -> Any:
        begin = first + np.asarray(begin)
        found = series[begin[..., None] + offsets]
        return found if goals is None else (found, goals[begin])

    return rows.map(windows)
