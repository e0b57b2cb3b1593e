"""Windows over a series, and words beside words, as Keras 2 prepared them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gyeol.utils import PyDataset, pad_sequences

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]


class TimeseriesGenerator(PyDataset):
    """Batches of windows over a series, each with the target at its end.

    Args:
        data: the series, (time, ...).
        targets: the target of each time.
        length: how far back a window goes.
        sampling_rate: from one entry of a window to the next.
        stride: from one window to the next.
        start_index, end_index: the first and the last time that is used.
        shuffle: whether windows are drawn at random.
        reverse: whether each window runs backwards.
        batch_size: windows a batch.

    >>> windows = TimeseriesGenerator(np.arange(5), np.arange(5) * 10, length=2, batch_size=2)
    >>> x, y = windows[0]
    >>> x.tolist(), y.tolist()
    ([[0, 1], [1, 2]], [20, 30])
    """

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if len(data) != len(targets):
            raise ValueError(f"data has {len(data)} entries and targets has {len(targets)}.")
        self.data, self.targets = np.asarray(data), np.asarray(targets)
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"No window of length {length} lies between {start_index} and {self.end_index}."
            )

    def __len__(self) -> int:
        step = self.batch_size * self.stride
        return (self.end_index - self.start_index + step) // step

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        step = self.batch_size * self.stride
        if self.shuffle:
            ends = np.random.randint(self.start_index, self.end_index + 1, self.batch_size)
        else:
            begin = self.start_index + step * index
            ends = np.arange(begin, min(begin + step, self.end_index + 1), self.stride)
        offsets = np.arange(-self.length, 0, self.sampling_rate)
        windows = self.data[ends[:, None] + offsets]
        return windows[:, ::-1] if self.reverse else windows, self.targets[ends]


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """How likely each word is kept, by its rank, if words follow Zipf's law (Mikolov et al., 2013).

    Args:
        size: the number of words.
        sampling_factor: the share above which words are thinned out.
    """
    rank = np.arange(size)
    rank[0] = 1
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    share = sampling_factor * inverse
    return np.minimum(1.0, share / np.sqrt(share))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list]:
    """Pairs of words that stand near each other, and pairs at random (Mikolov et al., 2013).

    Args:
        sequence: the words, as numbers from 1; 0 is none.
        vocabulary_size: one more than the largest number.
        window_size: how near.
        negative_samples: how many pairs at random for each true one.
        shuffle: whether they are mixed.
        categorical: whether labels are [0, 1] and [1, 0] in place of 1 and 0.
        sampling_table: how likely each word is kept.
        seed: what the order follows from.

    Returns:
        The pairs, and a label for each.
    """
    import random

    pairs, labels = [], []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                pairs.append([word, sequence[j]])
                labels.append([0, 1] if categorical else 1)
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [pair[0] for pair in pairs]
        random.shuffle(words)
        for i in range(count):
            pairs.append([words[i % len(words)], random.randint(1, vocabulary_size - 1)])
        labels += [[1, 0] if categorical else 0] * count
    if shuffle:
        seed = random.randint(0, 10**6) if seed is None else seed
        random.Random(seed).shuffle(pairs)
        random.Random(seed).shuffle(labels)
    return pairs, labels
