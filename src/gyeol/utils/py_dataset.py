"""`PyDataset`: batches made by code, one call each."""

import itertools
from collections.abc import Iterator
from typing import Any

from gyeol.serialization import exported


@exported("keras.utils", "Sequence")
@exported("keras.utils")
class PyDataset:
    """Batches by number, to subclass: define ``__getitem__(index)`` and ``__len__()``.

    ``__getitem__`` returns a whole batch: ``(x,)``, ``(x, y)``, ``(x, y, sample_weight)``, or a
    dict of inputs. `fit` takes the batches in a new order each epoch, unless ``shuffle=False``.
    A data set without end defines, in place of ``__len__``, a property `num_batches` that is None.

    Args:
        workers: how many threads make batches at the same time; the order stays.
        use_multiprocessing: taken for Keras's sake. The workers are threads either way: they share
            the data set, and a script needs no ``if __name__ == "__main__":``.
        max_queue_size: how many batches are made ahead, with several workers.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return index * index
    >>> list(Squares())
    [0, 1, 4]
    """

    # A subclass that does not call super().__init__ has these.
    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ):
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """The batch of that number."""
        raise NotImplementedError(f"{type(self).__name__} defines no __getitem__(index).")

    def __iter__(self) -> Iterator[Any]:
        number = self.num_batches
        for index in itertools.count() if number is None else range(number):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """The number of batches; None for a data set without end."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"{type(self).__name__} defines neither __len__() nor a property num_batches."
        )

    def on_epoch_begin(self) -> None:
        """Called at the beginning of every epoch."""

    def on_epoch_end(self) -> None:
        """Called at the end of every epoch."""


Sequence = PyDataset
