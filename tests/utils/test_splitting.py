"""Samples in two halves, and windows over a series."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from keras.src.utils.dataset_utils import _rescale_dataset_split_sizes

from gyeol.utils import split_dataset, timeseries_dataset_from_array
from gyeol.utils.dataset import Dataset
from gyeol.utils.splitting import _sizes

sizes = st.one_of(st.none(), st.integers(-1, 12), st.floats(-0.1, 1.1))


@settings(max_examples=60)
@given(left=sizes, right=sizes)
def test_sizes_are_keras(left, right):
    assume(left is not None or right is not None)
    try:
        expected = _rescale_dataset_split_sizes(left, right, 10)
    except ValueError:
        with pytest.raises(ValueError, match=r"left_size|right_size"):
            _sizes(left, right, 10)
    else:
        assert _sizes(left, right, 10) == expected


def test_every_kind_of_samples_is_split():
    x, y = np.arange(20.0).reshape(10, 2), np.arange(10)
    left, right = split_dataset((x, y), left_size=0.7)
    assert [int(label) for _, label in left] == list(range(7))
    assert [int(label) for _, label in right] == [7, 8, 9]
    assert next(iter(left))[0].tolist() == [0, 1]
    by_dataset = split_dataset(Dataset.from_tensor_slices((x, y)).batch(4), right_size=5)
    assert [labels.tolist() for _, labels in by_dataset[1]] == [[5, 6, 7, 8], [9]]

    class Torch:
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return {"x": x[i], "y": i}

    assert [int(item["y"]) for item in split_dataset(Torch(), 3)[0]] == [0, 1, 2]
    once, again, other = (split_dataset(y, 5, shuffle=True, seed=seed)[0] for seed in (1, 1, 2))
    order = [int(label) for label in once]
    assert order == [int(label) for label in again] != [int(label) for label in other]
    with pytest.raises(ValueError, match="needs left_size or right_size"):
        split_dataset(y)
    with pytest.raises(ValueError, match="one length"):
        split_dataset((x, y[:3]), 0.5)
    with pytest.raises(TypeError, match="arrays or a data set; got an object of int"):
        split_dataset(5, 0.5)


def batches(*args, **kwargs):
    return [
        [np.asarray(part).tolist() for part in (item if isinstance(item, tuple) else (item,))]
        for item in timeseries_dataset_from_array(*args, **kwargs)
    ]


def test_windows_are_those_of_keras_documentation():
    (windows,) = batches(np.arange(99), None, 10, sequence_stride=3, sampling_rate=2)
    assert windows[0][0] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert windows[0][-1] == [78, 80, 82, 84, 86, 88, 90, 92, 94, 96]
    data = np.arange(30)
    for x, y in batches(data[:-10], data[10:], 10, batch_size=4):
        assert [window[0] + 10 for window in x] == y
    part = batches(data, data * 2, 3, start_index=5, end_index=12, batch_size=None)
    assert part[0] == [[5, 6, 7], 10]
    assert part[-1][0] == [9, 10, 11]
    (shuffled,) = batches(data, None, 2, shuffle=True, seed=1)
    assert shuffled[0] != [[i, i + 1] for i in range(29)]
    assert sorted(shuffled[0]) == [[i, i + 1] for i in range(29)]
    with pytest.raises(ValueError, match="sampling_rate is from 1 to 29"):
        batches(data, None, 2, sampling_rate=0)
    with pytest.raises(ValueError, match="start_index and end_index"):
        batches(data, None, 2, start_index=9, end_index=4)
