"""Data on its way to the device: arrays once and whole, anything else in chunks of batches."""

import contextlib
import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from gyeol import config, random
from gyeol.object_state import Watched, keep
from gyeol.text import tr
from gyeol.training.stored import (
    Stored,
    aligned,
    copied,
    filled_up,
    fit_on_device,
    is_large_on_disk,
    is_stored,
    on_device,
    on_this_device,
)
from gyeol.utils.py_dataset import PyDataset
from gyeol.utils.threads import in_order

# A chunk of a stream is at most this many batches and about this many bytes.
_CHUNK_BATCHES = 64
_CHUNK_BYTES = 16 * 2**20
# A chunk of arrays that stay where they are is about this many bytes.
_READ_BYTES = 32 * 2**20


class Part(NamedTuple):
    """Rows on the device, to be taken in batches of one size.

    Attributes:
        data: (x, y, sample_weight), structures of arrays with a common first axis.
        order: the rows in the order in which they are taken, padded to whole batches.
        batch_size: rows a step.
        steps: the number of steps.
        rows: the number of rows; less than ``steps * batch_size`` if the last batch is filled up.
        first_step: the number of the first step within the epoch.
        masked: whether rows from `rows` on are to be left out of account.
        first: the first step's place in the order, in steps.
    """

    data: tuple
    order: jax.Array
    batch_size: int
    steps: int
    rows: int
    first_step: int
    masked: bool = False
    first: int = 0


def as_array(value: Any, name: str) -> Any:
    """What a person gave as data, as a NumPy or JAX array of a dtype that the device has.

    Args:
        value: a NumPy or JAX array, a list, a data frame, a tensor of torch or TensorFlow.
        name: how an error calls it.

    Returns:
        A NumPy or JAX array; of a large one on a disk, which stays there, a `Stored`.

    Raises:
        ValueError: it is not an array of numbers.
    """
    if is_large_on_disk(value):
        as_array(np.array(value[:1]), name)  # it says what is wrong with the kind of values
        return Stored(value, name)
    if not isinstance(value, (np.ndarray, jax.Array)):
        if hasattr(value, "to_numpy") and hasattr(value, "columns"):
            value = _of_frame(value, name)
        elif hasattr(value, "to_numpy"):
            value = _of_column(value, name)
        elif hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        else:
            try:
                value = np.asarray(value)
            except ValueError:
                raise ValueError(
                    tr(
                        "{name} has rows of different lengths, so it is no array. "
                        "Bring every sample to one shape.",
                        name=name,
                    )
                ) from None
    if value.dtype.kind in "OUSMm":
        value = _numbers(np.asarray(value), name)
    if not value.dtype.isnative:
        value = value.astype(value.dtype.newbyteorder("="))
    if value.ndim == 0:
        raise ValueError(tr("{name} is a single value; it needs an axis of samples.", name=name))
    if value.dtype.kind == "f" and value.dtype.itemsize > 4 and config.floatx() != "float64":
        try:
            if isinstance(value, jax.Array):
                return value.astype(config.floatx())
            return copied(value, config.floatx(), over="raise")
        except FloatingPointError:
            finite = np.abs(value[np.isfinite(value)])
            raise ValueError(
                tr(
                    "{name} holds numbers as large as {given:g}, which {dtype} cannot hold. Scale "
                    "them down, e.g. by np.log1p.",
                    name=name,
                    given=float(finite.max()),
                    dtype=config.floatx(),
                )
            ) from None
    return value


def _of_frame(frame: Any, name: str) -> np.ndarray:
    """The columns of a data frame of pandas or polars, side by side in their common dtype."""
    if hasattr(frame, "iloc"):
        columns = [frame.iloc[:, i] for i in range(len(frame.columns))]
    else:
        columns = [frame[column] for column in frame.columns]
    if not columns:
        raise ValueError(tr("{name} has no columns.", name=name))
    return np.column_stack([_of_column(column, name) for column in columns])


def _of_column(column: Any, name: str) -> np.ndarray:
    """A series of pandas or polars; where an entry is missing, NaN."""
    label = getattr(column, "name", None)
    value = np.asarray(column.to_numpy())
    if value.dtype.kind == "O":
        missing = np.array([item is None or item != item or repr(item) == "<NA>" for item in value])
        value = np.where(missing, np.nan, value)
    if value.dtype.kind in "OUSMm":
        return _numbers(value, name, None if label is None else repr(label))
    return value


def _numbers(value: np.ndarray, name: str, column: str | None = None) -> np.ndarray:
    """The numbers in an array of objects, if that is what it holds."""
    if value.dtype.kind == "O":
        try:
            return value.astype(config.floatx())
        except (TypeError, ValueError):
            pass
    place, example = _first_text(value)
    column = column or place
    raise ValueError(
        tr(
            "{name}{where} holds text or objects, such as {example!r}; a network takes numbers. "
            "Encode it first, e.g. np.unique(column, return_inverse=True)[1] for categories.",
            name=name,
            where=tr(" (column {column})", column=column) if column is not None else "",
            example=example,
        )
    )


def _first_text(value: np.ndarray) -> tuple[int | None, Any]:
    rows = value.reshape(len(value), -1) if value.ndim > 1 and len(value) else value.reshape(-1, 1)
    for column in range(rows.shape[1]):
        for item in rows[:, column]:
            if not isinstance(item, (int, float, np.number)):
                item = item.item() if isinstance(item, np.generic) else item
                return (column if value.ndim > 1 else None), item
    return None, value.flat[0] if value.size else ""


def as_arrays(structure: Any, name: str) -> Any:
    """`as_array` for each entry of a list, tuple or dict of arrays; None stays None."""
    if structure is None:
        return None
    if isinstance(structure, Mapping):
        return {key: as_arrays(value, f"{name}[{key!r}]") for key, value in structure.items()}
    if isinstance(structure, tuple) or (
        isinstance(structure, list)
        and structure
        and all(hasattr(item, "shape") or hasattr(item, "to_numpy") for item in structure)
    ):
        return [as_arrays(value, f"{name}[{i}]") for i, value in enumerate(structure)]
    return as_array(structure, name)


def is_arrays(x: Any) -> bool:
    """Whether data is given as arrays, and not as an iterable of batches.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(x, (str, bytes, os.PathLike)):
        raise ValueError(
            tr(
                "x takes data; got the text {given!r}. Read the file first, by np.loadtxt, "
                "pandas.read_csv or gyeol.utils.image_dataset_from_directory.",
                given=str(x),
            )
        )
    if isinstance(x, (set, frozenset)) or not (
        hasattr(x, "shape") or hasattr(x, "__iter__") or hasattr(x, "__getitem__")
    ):
        raise ValueError(
            tr(
                "x takes arrays or an iterable of batches; got {given}.",
                given=type(x).__name__ if x is not None else None,
            )
        )
    if isinstance(x, (np.ndarray, jax.Array, Mapping)) or hasattr(x, "to_numpy"):
        return True
    if isinstance(x, (list, tuple)):
        # A list of tuples of arrays is a list of batches.
        return not (
            isinstance(x, list)
            and x
            and all(
                isinstance(item, tuple) and all(hasattr(part, "shape") for part in item)
                for item in x
            )
        )
    if type(x).__module__.split(".")[0] == "torch" and hasattr(x, "detach"):
        return True
    return hasattr(x, "shape") and not hasattr(x, "__next__")


class ArrayFeed:
    """Arrays, put on the device once, in their own dtypes.

    Arrays that are `Stored`, or that the device has no room for, stay where they are. A thread
    gathers the rows of several batches, a chunk, while the device works on the chunk before it.
    The batches are the same.

    Args:
        data: (x, y, sample_weight).
        batch_size: rows a step.
        shuffle: whether each epoch has its own order; 'batch' keeps batches together.
        fill: whether a smaller last batch is filled up with rows that do not count.
        seed: from which the orders follow.
        steps: steps an epoch; all batches by default.
        check: called with each (x, y, sample_weight) that was gathered, on the host.
        weigh: makes the sample weights of what was gathered from (y, sample_weight).
    """

    def __init__(
        self,
        data: tuple,
        batch_size: int,
        shuffle: bool | str = False,
        fill: bool = False,
        seed: int = 0,
        steps: int | None = None,
        check: Callable[[tuple], None] | None = None,
        weigh: Callable[[Any, Any], Any] | None = None,
    ):
        self.rows = len(jax.tree.leaves(data)[0])
        self.batch_size = min(batch_size, self.rows) if not fill else batch_size
        self.shuffle = shuffle
        self.fill = fill
        self.seed = seed
        self.check = check
        self.weigh = weigh
        self.stays = is_stored(data) or not fit_on_device(data)
        if self.stays:
            self.data = jax.tree.map(
                lambda a: a if isinstance(a, Stored) else Stored(np.asarray(a)), data
            )
        else:
            rows = -(-self.rows // batch_size) * batch_size

            def placed(array: Any) -> jax.Array:
                # Folds of nearly one size have one size so, and share their executables.
                stays_as_it_is = isinstance(array, jax.Array) or array.nbytes > _CHUNK_BYTES
                return on_device(array if stays_as_it_is or not fill else filled_up(array, rows))

            self.data = jax.tree.map(placed, data)
        self.steps_of_a_pass = -(-self.rows // self.batch_size)
        self.steps: int | None = steps or self.steps_of_a_pass

    def epoch(self, number: int, step: int = 0) -> Iterator[Part]:
        """The parts of one epoch; whoever begins at a later step passes over those before it."""
        if self.steps == self.steps_of_a_pass:
            yield from self._pass(number, step, self.steps)
            return
        # An epoch of another length goes on where the one before it stopped.
        first, skip = divmod(number * self.steps + step, self.steps_of_a_pass)
        done = step
        while done < self.steps:
            for part in self._pass(first, skip, skip + self.steps - done):
                begin = max(skip - part.first_step, 0)
                steps = min(part.steps - begin, self.steps - done)
                if steps > 0:
                    # The order stays whole: one executable serves every place in it.
                    yield part._replace(steps=steps, first_step=done, first=begin)
                    done += steps
            first, skip = first + 1, 0

    def _pass(self, number: int, begin: int, end: int) -> Iterator[Part]:
        """The parts that hold the steps from `begin` to `end` of one pass over the rows."""
        if self.stays:
            return in_order(on_this_device(self._gathered), self._cut(number, begin, end), 1, 2)
        # The order is small: a program takes it from the host at less cost than anyone puts it.
        return (part._replace(data=self.data) for part in self._parts(number))

    def _parts(self, number: int) -> Iterator[Part]:
        """One pass, with its order on the host and without data."""
        size = self.batch_size
        order = self._order(number)
        whole = self.rows // size
        if self.fill:
            steps = -(-self.rows // size)
            padded = np.zeros(steps * size, np.int32)
            padded[: self.rows] = order
            yield Part((), padded, size, steps, self.rows, 0, masked=self.rows % size != 0)
            return
        if whole:
            yield Part((), order[: whole * size], size, whole, whole * size, 0)
        left = self.rows - whole * size
        if left:
            yield Part((), order[whole * size :], left, 1, left, whole)

    def _cut(self, number: int, begin: int, end: int) -> Iterator[tuple[Part, int]]:
        """Parts of a pass small enough to be gathered, and how many steps a whole one has."""
        row = sum(leaf.nbytes for leaf in jax.tree.leaves(self.data)) / self.rows
        for part in self._parts(number):
            size = part.batch_size
            length = min(max(1, int(_READ_BYTES / max(row * size, 1))), part.steps)
            for first in range(0, part.steps, length):
                steps = min(length, part.steps - first)
                place = part.first_step + first
                if begin < place + steps and place < end:
                    yield (
                        part._replace(
                            order=part.order[first * size :][: steps * size],
                            steps=steps,
                            rows=min(part.rows - first * size, steps * size),
                            first_step=place,
                        ),
                        length,
                    )

    def _gathered(self, cut: tuple[Part, int]) -> Part:
        """A part with its rows on the device, padded so that one executable serves all."""
        part, length = cut
        rows, places = np.unique(part.order, return_inverse=True)
        size = length * part.batch_size
        order = np.zeros(size, np.int32)
        order[: len(places)] = places
        try:
            data = tuple(
                jax.tree.map(lambda a, n=name: as_array(a.read(rows, size), n), structure)
                for structure, name in zip(self.data, ("x", "y", "sample_weight"))
            )
            if self.weigh is not None:
                data = (*data[:2], self.weigh(data[1], data[2]))
            if self.check is not None:
                self.check(jax.tree.map(lambda a: a[: len(rows)], data))
        except Exception as error:
            error.add_note(
                tr(
                    "It came from the data of the steps {first} to {last} of an epoch.",
                    first=part.first_step + 1,
                    last=part.first_step + part.steps,
                )
            )
            raise
        return part._replace(data=jax.tree.map(on_device, data), order=on_device(order))

    def _order(self, number: int) -> np.ndarray:
        if not self.shuffle:
            return np.arange(self.rows, dtype=np.int32)
        rng = np.random.Generator(np.random.Philox(key=[self.seed, number]))
        if self.shuffle == "batch":
            starts = rng.permutation(self.steps_of_a_pass) * self.batch_size
            batches = [np.arange(s, min(s + self.batch_size, self.rows)) for s in starts]
            batches.sort(key=lambda batch: len(batch) < self.batch_size)
            return np.concatenate(batches).astype(np.int32)
        return rng.permutation(np.arange(self.rows, dtype=np.int32))

    def position(self, step: int) -> None:
        """Nothing to keep: an epoch's rows follow from the seed."""

    def close(self) -> None:
        """Nothing to give back."""


class StreamFeed:
    """Batches from any iterable, stacked into chunks by a background thread, one chunk ahead.

    Args:
        batches: an iterable (or sequence, such as a `PyDataset`) of x, (x,), (x, y) or
            (x, y, sample_weight).
        steps: batches an epoch; until the iterable ends by default.
        check: called with each (x, y, sample_weight) on the host before it is used.
        weigh: makes the sample weights of a batch from (y, sample_weight).
        epochs: for how many epochs batches are taken, with `steps`; no more are drawn from the
            iterable. None if it is not known.
        heed: called while waiting for data; it may raise.
        shuffle: whether the batches of a `PyDataset` are taken in a new order each pass.
        seed: from which that order follows.
        keeps_positions: whether `position` will be asked for.
    """

    def __init__(
        self,
        batches: Any,
        steps: int | None = None,
        check: Callable[[tuple], None] | None = None,
        weigh: Callable[[Any, Any], Any] | None = None,
        epochs: int | None = 1,
        heed: Callable[[], None] | None = None,
        shuffle: bool = False,
        seed: int = 0,
        keeps_positions: bool = False,
    ):
        self.batches = batches
        self.check = check
        self.weigh = weigh
        self.heed = heed
        self.shuffle = shuffle
        self.seed = seed
        self.given_steps = steps
        self._left = None if steps is None or epochs is None else steps * epochs
        self.steps = steps if steps is not None else _length(batches)
        if isinstance(batches, PyDataset) and self.steps is None:
            raise ValueError(
                tr("{name} has no end, so say how many steps to take.", name=type(batches).__name__)
            )
        # What is told of epochs must not be read ahead into the next one.
        self._within_epochs = hasattr(batches, "on_epoch_begin") or hasattr(batches, "on_epoch_end")
        self._passes: int | None = None
        self._source: Iterator[tuple] | None = None
        self._peeked: tuple | None = None
        self._worker: _Worker | None = None
        # Whether the pass in progress has given a batch: one that gives none is not begun again.
        self._came = False
        # For `position`: the data set, what was at the last mark, and the batches trained on since
        # by epochs before this one.
        self._watched = Watched(batches) if keeps_positions else None
        self._mark: dict[str, Any] | None = None
        self._since = 0
        self._of_pass = 0
        self._to_skip = 0
        self._states_at_first: dict[str, Any] | None = None

    def peek(self) -> tuple:
        """The first batch, which stays in line.

        Raises:
            ValueError: there is none.
        """
        if isinstance(self.batches, PyDataset):
            # Which batch is the first is known only when the epoch is.
            if self.steps:
                return self._prepared(self.batches[0])
        elif self._peeked is None:
            # A walk may draw from the random numbers as it begins; an iterator has begun before.
            before = random.states()
            self._source = self.walk()
            self._peeked = next(self._source, None)
            self._states_at_first = before if iter_anew(self.batches) else random.states()
        if self._peeked is None:
            raise ValueError(tr("The data is empty: it gave no batch."))
        return self._peeked

    def walk(self, number: int = 0, first: int = 0) -> Iterator[tuple]:
        """The (x, y, sample_weight) of one pass, on the host; of a `PyDataset` from a batch on."""
        if isinstance(self.batches, PyDataset):
            yield from self._made(number, first)
            return
        for batch in _iterator(self.batches):
            yield self._prepared(batch)

    def _made(self, number: int, first: int) -> Iterator[tuple]:
        dataset = self.batches
        length = _length(dataset)
        order: Iterable[int] = itertools.count(first) if length is None else range(first, length)
        if self.shuffle and length is not None:
            rng = np.random.Generator(np.random.Philox(key=[self.seed, number]))
            order = rng.permutation(length)[first:].tolist()

        def batch(index: int) -> tuple:
            try:
                return self._prepared(dataset[index])
            except Exception as error:
                name = type(dataset).__name__
                error.add_note(tr("This was batch {index} of {name}.", index=index, name=name))
                raise

        if dataset.workers > 1 or (dataset.workers and dataset.use_multiprocessing):
            return in_order(batch, order, dataset.workers, dataset.max_queue_size)
        return map(batch, order)

    def _prepared(self, batch: Any) -> tuple:
        x, y, weight = unpack(batch)
        x, y = as_arrays(x, "x"), as_arrays(y, "y")
        weight = as_arrays(weight, "sample_weight")
        if self.weigh is not None:
            weight = self.weigh(y, weight)
        data = (x, y, weight)
        if self.check is not None:
            self.check(data)
        return data

    def epoch(self, number: int, step: int = 0) -> Iterator[Part]:
        """The parts of one epoch; fewer steps than asked for when the data runs out.

        Args:
            number: the epoch's number.
            step: how many of its steps were taken before `resume`.
        """
        if step == 0:
            self._tell("on_epoch_begin")
        done = step
        if self._passes is None:
            self._passes = number
        if isinstance(self.batches, PyDataset) and step == 0:
            self._set_mark(0)
        self._skip()
        while self.given_steps is None or done < self.given_steps:
            if self._worker is None:
                if self._source is None or self._states_at_first is not None:
                    self._begin_pass(done)
                most = self._left
                if self._within_epochs and self.given_steps is not None:
                    most = self.given_steps - done
                self._worker = _Worker(self._batches_ahead(), self.given_steps, done, most)
            try:
                part = self._worker.take(self.heed)
            except Exception as error:
                error.add_note(
                    tr("It came from the data, after {done} batches of the epoch.", done=done)
                )
                raise
            if part is None:
                came, self._came = self._came, False
                self._worker = self._source = None
                self._end_pass()
                if self.given_steps is not None and came and iter_anew(self.batches):
                    continue
                break
            self._came = True
            yield part._replace(first_step=done)
            done += part.steps
            self._of_pass += part.steps
            if self._left is not None:
                self._left -= part.steps
        if self._within_epochs:
            self._worker = None
        if self.given_steps is None:
            self.steps = done
        self._since += done
        self._tell("on_epoch_end")
        if isinstance(self.batches, PyDataset) or self._source is None:
            self._mark = None

    def _tell(self, hook: str) -> None:
        if hasattr(self.batches, hook):
            getattr(self.batches, hook)()

    def _begin_pass(self, done: int) -> None:
        if self._source is None:
            if not isinstance(self.batches, PyDataset):
                self._set_mark(done)
            self._source = self.walk(self._passes or 0, self._of_pass)
        else:
            # It began when the first batch was looked at.
            self._set_mark(done, self._states_at_first)
        self._states_at_first = None

    def _end_pass(self) -> None:
        self._passes = (self._passes or 0) + 1
        self._of_pass = 0

    def _batches_ahead(self) -> Iterator[tuple]:
        first = [] if self._peeked is None else [self._peeked]
        self._peeked = None
        return itertools.chain(first, self._source)

    # Places in the stream ---------------------------------------------------------------------
    #
    # What comes next may depend on random numbers and on what the data set keeps to itself, and
    # the thread is ahead of the training. So a place is a mark, a moment when nothing was ahead,
    # and the number of batches since. The mark is the beginning of the epoch for a PyDataset, and
    # that of the pass for others.

    def position(self, step: int) -> dict[str, Any]:
        """The place of the training in the data, for `object_state.encode`.

        Args:
            step: how many steps of the epoch in progress were taken.
        """
        if self._mark is None:
            return {**self._marked(), "taken": 0, "drawn": False}
        drawn = True
        if isinstance(self.batches, PyDataset):
            with contextlib.suppress(Exception):  # the thread may be changing it
                now = self._marked()
                drawn = not all(self._mark[key].is_still(now[key]) for key in ("random", "data"))
        return {**self._mark, "taken": self._since + step, "drawn": drawn}

    def resume(self, position: dict[str, Any], step: int, epochs: int) -> str | None:
        """Go on from a place; the random numbers are set by the caller, after all else.

        Args:
            position: what `position` gave.
            step: the step that it was asked for.
            epochs: how many epochs are left, with the one in progress.

        Returns:
            What cannot be promised, in words.
        """
        if position["pass"] is None:
            return None
        number, first, taken = position["pass"], position["first"], position["taken"]
        if self._watched is not None:
            self._watched.restore(position["data"])
        if self.given_steps is not None and self._left is not None:
            self._left = self.given_steps * epochs - step
        self._came = first + taken > 0
        self._states_at_first = None
        if iter_anew(self.batches):
            self._source = self._peeked = None
        self._mark, self._since = None, taken - step
        if taken:
            kept = {key: keep(position[key]) for key in ("random", "data")}
            self._mark = {**kept, "pass": number, "first": first}
        length = _length(self.batches)
        self._to_skip = taken
        if isinstance(self.batches, PyDataset) and not position["drawn"]:
            first, self._to_skip = first + taken, 0
            while length and first > length:
                number, first = number + 1, first - length
        self._passes, self._of_pass = number, first
        return self._doubt(position)

    def _doubt(self, position: dict[str, Any]) -> str | None:
        data, name = self.batches, type(self.batches).__name__
        if not iter_anew(data):
            return tr(
                "x is an iterator, which cannot be set back: its first {taken} batches are passed "
                "over. The run ends with the same bits only if it gives the same batches again.",
                taken=position["taken"],
            )
        if isinstance(data, PyDataset):
            if data.workers > 1 and position["drawn"]:
                return tr(
                    "{name} draws random numbers in {workers} threads, whose order nobody knows: "
                    "no two runs have the same bits. With workers=1 they have.",
                    name=name,
                    workers=data.workers,
                )
            return None
        if isinstance(data, (list, tuple)) or hasattr(data, "state_dict"):
            return None
        return tr(
            "x is a {name}: the run ends with the same bits only if it gives the same batches each "
            "time that it is walked over. A PyDataset can promise that.",
            name=name,
        )

    def _marked(self, states: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "random": keep(random.states() if states is None else states),
            "data": keep({}) if self._watched is None else self._watched.state(),
            "pass": self._passes,
            "first": self._of_pass,
        }

    def _set_mark(self, done: int, states: dict[str, Any] | None = None) -> None:
        self._since = -done
        if self._watched is not None:
            self._mark = self._marked(states)

    def _skip(self) -> None:
        """Draw the batches that were trained on before `resume`, and let them go."""
        while self._to_skip:
            if self._source is None:
                self._source = self.walk(self._passes or 0, self._of_pass)
            came = 0
            for _ in itertools.islice(self._batches_ahead(), self._to_skip):
                came += 1
                if self.heed is not None:
                    self.heed()
            self._to_skip -= came
            self._of_pass += came
            if self._to_skip:
                if not came or not iter_anew(self.batches):
                    raise ValueError(
                        tr(
                            "The data gave fewer batches than the run that is taken up had from "
                            "it; {missing} are missing.",
                            missing=self._to_skip,
                        )
                    )
                self._source = None
                self._end_pass()

    def close(self) -> None:
        """Stop the background thread."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


class _Worker:
    """A thread that gathers batches of one form into chunks.

    Args:
        source: the batches.
        epoch: steps an epoch, at whose end a chunk ends; None if it ends with the batches.
        done: how many steps of the epoch in progress came before.
        total: how many batches may be taken; None for all.
    """

    def __init__(self, source: Iterator[tuple], epoch: int | None, done: int, total: int | None):
        self._source = source
        self._epoch = epoch
        self._done = done
        self._total = total
        self._queue: queue.Queue = queue.Queue(maxsize=1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=on_this_device(self._run), daemon=True)
        self._thread.start()

    def take(self, heed: Callable[[], None] | None) -> Part | None:
        """The next chunk, None at the end; raises what the iterable raised."""
        while True:
            try:
                item = self._queue.get(timeout=0.1)
                break
            except queue.Empty:
                if heed is not None:
                    heed()
        if isinstance(item, BaseException):
            raise item
        return item

    def _put(self, item: Any) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        chunk: list[tuple] = []
        taken = self._done
        try:
            for batch in itertools.islice(self._source, self._total):
                if chunk and _form(batch) != _form(chunk[0]):
                    if not self._put(_stacked(chunk)):
                        return
                    chunk = []
                chunk.append(batch)
                taken += 1
                end_of_epoch = self._epoch is not None and taken % self._epoch == 0
                if end_of_epoch or len(chunk) >= _chunk_length(batch):
                    if not self._put(_stacked(chunk)):
                        return
                    chunk = []
            if chunk and not self._put(_stacked(chunk)):
                return
            self._put(None)
        except BaseException as error:
            with contextlib.suppress(Exception):  # it may be the stacking that went wrong
                if chunk:
                    self._put(_stacked(chunk))
            self._put(error)

    def stop(self) -> None:
        self._stopped.set()


def _form(batch: tuple) -> tuple:
    leaves, structure = jax.tree.flatten(batch)
    return structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)


def _chunk_length(batch: tuple) -> int:
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(batch))
    return max(1, min(_CHUNK_BATCHES, _CHUNK_BYTES // max(size, 1)))


def _stacked(batches: list[tuple]) -> Part:
    """One part of several batches; padded to the full chunk, so that one executable serves all."""
    size = len(jax.tree.leaves(batches[0])[0])
    length = _chunk_length(batches[0])

    def stack(*arrays: Any) -> jax.Array:
        stacked = aligned((length * size, *arrays[0].shape[1:]), arrays[0].dtype)
        for i, array in enumerate(arrays):
            stacked[i * size : (i + 1) * size] = array
        stacked[len(arrays) * size :] = 0
        return on_device(stacked)

    data = jax.tree.map(stack, *batches)
    order = on_device(np.arange(length * size, dtype=np.int32))
    return Part(data, order, size, len(batches), len(batches) * size, 0)


def unpack(batch: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of a batch as an iterable gives it.

    Raises:
        ValueError: a tuple of another length.
    """
    if isinstance(batch, list) and 1 <= len(batch) <= 3:
        batch = tuple(batch)
    if not isinstance(batch, tuple):
        return batch, None, None
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            tr(
                "A batch is x, (x, y) or (x, y, sample_weight); got a tuple of {given}.",
                given=len(batch),
            )
        )
    return (*batch, *(None,) * (3 - len(batch)))


def iter_anew(batches: Any) -> bool:
    """Whether an iterable begins at its start each time that it is walked over."""
    return isinstance(batches, PyDataset) or not hasattr(batches, "__next__")


def _length(batches: Any) -> int | None:
    if isinstance(batches, PyDataset):
        return batches.num_batches
    with contextlib.suppress(TypeError):
        return len(batches)
    return None


def _iterator(batches: Any) -> Iterable[Any]:
    if hasattr(batches, "as_numpy_iterator"):
        return batches.as_numpy_iterator()
    if hasattr(batches, "__iter__"):
        return iter(batches)
    if hasattr(batches, "__getitem__"):
        return (batches[i] for i in range(len(batches)))
    raise ValueError(
        tr(
            "x takes arrays or an iterable of batches; got {given}.",
            given=type(batches).__name__,
        )
    )
