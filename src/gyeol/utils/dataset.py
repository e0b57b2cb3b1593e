"""`Dataset`: a chain of steps over samples, with the methods of `tf.data.Dataset`.

Nothing is computed before it is walked over, and each walk begins anew.
"""

import glob
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from gyeol.random import make_default_seed

INFINITE, UNKNOWN = -1, -2


class Tensor(np.ndarray):
    """What a `Dataset` gives: a NumPy array with the methods that a TensorFlow tensor has."""

    def numpy(self) -> Any:
        """The values as NumPy has them."""
        return self.view(np.ndarray)[()]

    def __getitem__(self, key: Any) -> Any:
        item = super().__getitem__(key)
        return as_tensor(item) if isinstance(item, np.generic) else item

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("A single value has no length.")
        return self.shape[0]


class _Walks:
    """Numbers the walks over a shuffled data set."""

    def __init__(self, all_alike: bool):
        self.count = 0
        self._step = 0 if all_alike else 1

    def begin(self) -> int:
        self.count += self._step
        return self.count - self._step


class TensorSpec(NamedTuple):
    """Shape and dtype of one part of an element; None stands for a size that varies."""

    shape: tuple[int | None, ...]
    dtype: str


class Dataset:
    """Samples, or batches of them, one after another; made by one of the `from_` methods.

    >>> data = Dataset.from_tensor_slices(([1, 2, 3], [4, 5, 6])).map(lambda x, y: (x, x * y))
    >>> [(int(x), int(y)) for x, y in data]
    [(1, 4), (2, 10), (3, 18)]
    >>> [batch.tolist() for batch in Dataset.range(5).batch(2)]
    [[0, 1], [2, 3], [4]]

    Args:
        elements: gives a new iterator over the elements.
        size: how many there are; -1 without end, -2 if it is not known.
        ragged: whether the elements are batches, of which some may be smaller.
        rows: for slices of arrays: the arrays, and what gives a new iterator over the rows taken.
        origins: the data sets that the elements come from.
    """

    def __init__(
        self,
        elements: Callable[[], Iterator[Any]],
        size: int = UNKNOWN,
        ragged: bool = False,
        rows: tuple[Any, Callable[[], Iterator[int]]] | None = None,
        origins: Iterable["Dataset"] = (),
    ):
        self._elements = elements
        self._size = size
        self._ragged = ragged
        self._rows = rows
        self._batch_size: int | None = None
        # Every shuffle on the way here, with the number of its walks so far.
        self._walks: list[_Walks] = []
        for origin in origins:
            self._walks += [walks for walks in origin._walks if walks not in self._walks]

    # Sources -------------------------------------------------------------------------------

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> "Dataset":
        """The slices of arrays along their first axis.

        Args:
            tensors: an array, or a tuple or dict of arrays of one length.
            name: taken for TensorFlow's sake, here and below.
        """
        arrays = map_structure(np.asarray, tensors)
        lengths = {len(array) if array.ndim else None for array in leaves(arrays)}
        if len(lengths) != 1 or None in lengths:
            given = ", ".join(sorted(map(str, lengths)))
            raise ValueError(f"from_tensor_slices takes arrays of one length; got {given}.")
        (length,) = lengths
        return _of_rows(arrays, lambda: iter(range(length)), length)

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> "Dataset":
        """One element that holds everything."""
        element = map_structure(np.asarray, tensors)
        return Dataset(lambda: iter([element]), 1)

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable[Any]],
        output_types: Any = None,
        output_shapes: Any = None,
        args: tuple | None = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> "Dataset":
        """What a generator gives, called anew for each walk.

        Args:
            generator: a function that gives an iterable.
            output_types: the dtypes, in the structure of the elements.
            output_shapes: not needed; shapes are those of the elements.
            args: arguments of the function.
            output_signature: objects with a `dtype`, in the structure of the elements.
        """
        if not callable(generator):
            raise TypeError("from_generator takes a function that gives an iterable.")
        types = output_types
        if output_signature is not None:
            types = map_structure(lambda spec: getattr(spec, "dtype", None), output_signature)

        def elements() -> Iterator[Any]:
            for element in generator(*(args or ())):
                yield element if types is None else _typed(element, types)

        return Dataset(elements)

    @staticmethod
    def range(*args: int, output_type: Any = np.int64, name: str | None = None) -> "Dataset":
        """Whole numbers, as Python's `range`."""
        numbers = range(*args)
        return Dataset(lambda: (np.asarray(i, _dtype(output_type)) for i in numbers), len(numbers))

    @staticmethod
    def list_files(
        file_pattern: str | Iterable[str],
        shuffle: bool | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """The paths that match a pattern, or several; in a new order each walk by default."""
        patterns = [file_pattern] if isinstance(file_pattern, str) else list(file_pattern)
        found = sorted(path for pattern in patterns for path in glob.glob(str(pattern)))
        if not found:
            raise FileNotFoundError(f"No file matches {', '.join(map(repr, patterns))}.")
        files = Dataset.from_tensor_slices(np.array(found))
        return files if shuffle is False else files.shuffle(len(found), seed)

    @staticmethod
    def zip(*datasets: Any, name: str | None = None) -> "Dataset":
        """Data sets side by side, given one by one, or as a tuple or dict of them."""
        structure = datasets[0] if len(datasets) == 1 else datasets
        parts = list(leaves(structure))

        def elements() -> Iterator[Any]:
            for items in zip(*(part._elements() for part in parts)):
                left = iter(items)
                yield map_structure(lambda _, left=left: next(left), structure)

        sizes = [part._size for part in parts]
        finite = [size for size in sizes if size != INFINITE]
        size = UNKNOWN if UNKNOWN in sizes else min(finite, default=INFINITE)
        return Dataset(elements, size, any(part._ragged for part in parts), origins=parts)

    # Steps ---------------------------------------------------------------------------------

    def batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Stack every `batch_size` elements, which have one shape.

        Args:
            batch_size: elements a batch.
            drop_remainder: whether a smaller last batch is left out.
        """
        batch_size = int(batch_size)
        if batch_size < 1:
            raise ValueError(f"batch_size is a number of at least 1; got {batch_size}.")

        def elements() -> Iterator[Any]:
            if self._rows is not None:
                arrays, order = self._rows
                for rows in _grouped(order(), batch_size, drop_remainder):
                    yield map_structure(lambda array, rows=rows: array[np.asarray(rows)], arrays)
                return
            for group in _grouped(self._elements(), batch_size, drop_remainder):
                yield _stacked(group)

        size = self._size
        if size >= 0:
            size = size // batch_size if drop_remainder else -(-size // batch_size)
        batched = Dataset(elements, size, ragged=not drop_remainder, origins=[self])
        batched._batch_size = batch_size
        return batched

    def padded_batch(
        self,
        batch_size: int,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> "Dataset":
        """`batch` of elements of different sizes, filled up at their ends.

        Args:
            batch_size: elements a batch.
            padded_shapes: the shapes; None stands for the largest size of the batch.
            padding_values: what fills; 0, or an empty text, by default.
            drop_remainder: whether a smaller last batch is left out.
        """

        def elements() -> Iterator[Any]:
            for group in _grouped(self._elements(), int(batch_size), drop_remainder):
                yield _padded(group, padded_shapes, padding_values)

        size = self._size
        if size >= 0:
            size = size // batch_size if drop_remainder else -(-size // batch_size)
        return Dataset(elements, size, ragged=True, origins=[self])

    def unbatch(self, name: str | None = None) -> "Dataset":
        """The slices of every element, one by one."""

        def elements() -> Iterator[Any]:
            for element in self._elements():
                arrays = map_structure(np.asarray, element)
                for i in range(len(next(leaves(arrays)))):
                    yield map_structure(lambda array, i=i: array[i], arrays)

        return Dataset(elements, origins=[self])

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        use_unbounded_threadpool: bool = False,
        name: str | None = None,
    ) -> "Dataset":
        """What a function gives for each element; the parts of a tuple are its arguments.

        Args:
            map_func: the function. It is called on values, one element after another.
        """

        def elements() -> Iterator[Any]:
            for element in self._elements():
                yield _applied(map_func, element)

        return Dataset(elements, self._size, self._ragged, origins=[self])

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> "Dataset":
        """The elements for which a function gives True."""

        def elements() -> Iterator[Any]:
            return (item for item in self._elements() if bool(_applied(predicate, item)))

        return Dataset(elements, UNKNOWN, self._ragged, origins=[self])

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> "Dataset":
        """The elements, one after another, of the data sets that a function gives."""

        def elements() -> Iterator[Any]:
            for element in self._elements():
                yield from _called(map_func, element)._elements()

        return Dataset(elements, origins=[self])

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Draw each element at random from the next `buffer_size` ones.

        Args:
            buffer_size: how many elements wait to be drawn; all of them for a whole shuffle.
            seed: from which the order follows; that of `set_random_seed` by default.
            reshuffle_each_iteration: whether each walk has an order of its own, as by default.
        """
        seed = make_default_seed() if seed is None else int(seed)
        walks = _Walks(all_alike=reshuffle_each_iteration is False)
        size = sys.maxsize if buffer_size < 0 else int(buffer_size)

        def transform(items: Iterator[Any]) -> Iterator[Any]:
            rng = np.random.Generator(np.random.Philox(key=[abs(seed), walks.begin()]))
            return _shuffled(items, size, rng)

        shuffled = self._arranged(transform, self._size)
        shuffled._walks.append(walks)
        return shuffled

    def take(self, count: int, name: str | None = None) -> "Dataset":
        """The first `count` elements; -1 takes all."""
        if count < 0:
            return self._arranged(iter, self._size)
        size = {UNKNOWN: UNKNOWN, INFINITE: count}.get(self._size, min(self._size, count))
        return self._arranged(lambda items: itertools.islice(items, int(count)), size)

    def skip(self, count: int, name: str | None = None) -> "Dataset":
        """All but the first `count` elements; -1 skips all."""
        size = self._size if self._size < 0 else max(self._size - count, 0)
        if count < 0:
            return self._arranged(lambda items: iter(()), 0)
        return self._arranged(lambda items: itertools.islice(items, int(count), None), size)

    def shard(self, num_shards: int, index: int, name: str | None = None) -> "Dataset":
        """Every `num_shards`-th element, from element `index` on."""
        size = self._size if self._size < 0 else len(range(index, self._size, num_shards))
        return self._arranged(lambda items: itertools.islice(items, index, None, num_shards), size)

    def repeat(self, count: int | None = None, name: str | None = None) -> "Dataset":
        """Several walks as one; without end for None or -1."""
        endless = count is None or count < 0
        size = self._size if self._size < 0 else self._size * (count or 0)

        def again(walk: Callable[[], Iterator[Any]]) -> Callable[[], Iterator[Any]]:
            def items() -> Iterator[Any]:
                for _ in itertools.count() if endless else range(count):
                    came = False
                    for item in walk():
                        came = True
                        yield item
                    if not came:
                        return

            return items

        size = INFINITE if endless else size
        if self._rows is not None:
            arrays, order = self._rows
            return _of_rows(arrays, again(order), size)
        return Dataset(again(self._elements), size, self._ragged, origins=[self])

    def cache(self, filename: str = "", name: str | None = None) -> "Dataset":
        """Keep the elements of the first whole walk in memory.

        Args:
            filename: taken for TensorFlow's sake; no file is written.
        """
        kept: list[Any] = []
        whole = False

        def elements() -> Iterator[Any]:
            nonlocal whole
            if whole:
                yield from kept
                return
            fresh = []
            for element in self._elements():
                fresh.append(element)
                yield element
            kept[:], whole = fresh, True

        return Dataset(elements, self._size, self._ragged, origins=[self])

    def prefetch(self, buffer_size: int, name: str | None = None) -> "Dataset":
        """The same elements; `fit` takes batches ahead of time in any case."""
        return self._arranged(iter, self._size)

    def with_options(self, options: Any, name: str | None = None) -> "Dataset":
        """The same elements; options are of TensorFlow's own running."""
        return self._arranged(iter, self._size)

    def enumerate(self, start: int = 0, name: str | None = None) -> "Dataset":
        """The elements with their numbers before them."""

        def elements() -> Iterator[Any]:
            return (
                (np.asarray(i, np.int64), item) for i, item in enumerate(self._elements(), start)
            )

        return Dataset(elements, self._size, self._ragged, origins=[self])

    def concatenate(self, dataset: "Dataset", name: str | None = None) -> "Dataset":
        """These elements and then those of another data set."""
        sizes = (self._size, dataset._size)
        size = INFINITE if INFINITE in sizes else UNKNOWN if UNKNOWN in sizes else sum(sizes)
        return Dataset(
            lambda: itertools.chain(self._elements(), dataset._elements()),
            size,
            self._ragged or dataset._ragged,
            origins=[self, dataset],
        )

    def apply(self, transformation_func: Callable[["Dataset"], Any]) -> Any:
        """What a function makes of this data set."""
        return transformation_func(self)

    def reduce(self, initial_state: Any, reduce_func: Callable, name: str | None = None) -> Any:
        """``state = reduce_func(state, element)`` over all elements, from `initial_state` on."""
        state = map_structure(as_tensor, initial_state)
        for element in self:
            state = map_structure(as_tensor, reduce_func(state, element))
        return state

    def _arranged(self, transform: Callable[[Iterator], Iterator], size: int) -> "Dataset":
        """The same elements, some left out or in another order."""
        if self._rows is not None:
            # Only the numbers of the rows are moved, so that a batch is gathered in one go.
            arrays, order = self._rows
            arranged = _of_rows(arrays, lambda: transform(order()), size)
            arranged._walks += self._walks
            return arranged
        arranged = Dataset(lambda: transform(self._elements()), size, self._ragged, origins=[self])
        arranged._batch_size = self._batch_size
        return arranged

    # State ---------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """How often each shuffle was walked over, of which its next order follows."""
        return {"walks": [walks.count for walks in self._walks]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next walk have the order that it had after `state_dict` gave this."""
        for walks, count in zip(self._walks, state["walks"]):
            walks.count = count

    # Walking -------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        return (map_structure(as_tensor, element) for element in self._elements())

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as plain NumPy arrays and scalars."""
        return (map_structure(lambda x: np.asarray(x)[()], item) for item in self._elements())

    def cardinality(self, name: str | None = None) -> Tensor:
        """How many elements there are; -1 without end, -2 if it is not known."""
        return as_tensor(np.int64(self._size))

    def __len__(self) -> int:
        if self._size == INFINITE:
            raise TypeError("The data set is infinite.")
        if self._size == UNKNOWN:
            raise TypeError("The length of the data set is not known before it is walked over.")
        return self._size

    def __bool__(self) -> bool:
        return True

    @property
    def element_spec(self) -> Any:
        """Shapes and dtypes of an element, as the first one has them."""
        first = next(self._elements(), None)
        if first is None:
            raise ValueError("The data set is empty, so it has no element_spec.")

        def spec(value: Any) -> TensorSpec:
            array = np.asarray(value)
            shape = (None, *array.shape[1:]) if self._ragged and array.ndim else array.shape
            return TensorSpec(shape, "string" if array.dtype.kind in "USO" else array.dtype.name)

        return map_structure(spec, first)

    def __repr__(self) -> str:
        size = {INFINITE: "infinite", UNKNOWN: "unknown"}.get(self._size, self._size)
        return f"<Dataset of {size} elements>"


def _of_rows(arrays: Any, order: Callable[[], Iterator[int]], size: int) -> Dataset:
    def elements() -> Iterator[Any]:
        return (map_structure(lambda array, i=i: array[i], arrays) for i in order())

    return Dataset(elements, size, rows=(arrays, order))


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """A function on each leaf of tuples and dicts; a list is a leaf, as an array would be."""
    if isinstance(structure, tuple):
        items = [map_structure(function, item) for item in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    if isinstance(structure, Mapping):
        return {key: map_structure(function, item) for key, item in structure.items()}
    return function(structure)


def leaves(structure: Any) -> Iterator[Any]:
    """The leaves of tuples and dicts, in order."""
    if isinstance(structure, (tuple, Mapping)):
        values = structure.values() if isinstance(structure, Mapping) else structure
        for item in values:
            yield from leaves(item)
    else:
        yield structure


def as_tensor(value: Any) -> Tensor:
    """The value as what a `Dataset` gives."""
    return np.asarray(value).view(Tensor)


def _called(function: Callable, element: Any) -> Any:
    given = map_structure(as_tensor, element)
    return function(*given) if type(element) is tuple else function(given)


def _applied(function: Callable, element: Any) -> Any:
    # A list that a function returns stands for a tuple, as in TensorFlow.
    result = _called(function, element)
    return map_structure(np.asarray, tuple(result) if isinstance(result, list) else result)


def _typed(element: Any, types: Any) -> Any:
    if isinstance(types, tuple):
        return tuple(_typed(*pair) for pair in zip(element, types, strict=True))
    if isinstance(types, Mapping):
        return {key: _typed(element[key], types[key]) for key in types}
    return np.asarray(element, _dtype(types))


def _dtype(given: Any) -> Any:
    name = getattr(given, "name", given)
    return None if name == "string" or name is None else np.dtype(name)


def _grouped(items: Iterator[Any], size: int, drop: bool) -> Iterator[list]:
    while group := list(itertools.islice(items, size)):
        if len(group) == size or not drop:
            yield group


def _stacked(group: list) -> Any:
    first = group[0]
    if isinstance(first, tuple):
        parts = [_stacked([item[i] for item in group]) for i in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if isinstance(first, Mapping):
        return {key: _stacked([item[key] for item in group]) for key in first}
    shapes = {np.shape(item) for item in group}
    if len(shapes) > 1:
        raise ValueError(
            f"batch() stacks elements of one shape; these have {sorted(shapes)}. "
            "Bring them to one shape with map(), or use padded_batch()."
        )
    return np.stack(group)


def _padded(group: list, shapes: Any, fill: Any) -> Any:
    first = group[0]
    if isinstance(first, (tuple, Mapping)):
        keys = range(len(first)) if isinstance(first, tuple) else list(first)

        def part(of: Any, key: Any) -> Any:
            return of[key] if isinstance(of, (tuple, Mapping)) else of

        parts = [_padded([x[k] for x in group], part(shapes, k), part(fill, k)) for k in keys]
        return tuple(parts) if isinstance(first, tuple) else dict(zip(keys, parts))
    arrays = [np.asarray(item) for item in group]
    largest = np.max([array.shape for array in arrays], axis=0).astype(int)
    if shapes is not None:
        largest = [big if given in (None, -1) else given for big, given in zip(largest, shapes)]
    dtype = np.result_type(*arrays)
    value = ("" if dtype.kind in "US" else 0) if fill is None else fill
    out = np.full((len(arrays), *largest), value, dtype)
    for row, array in zip(out, arrays):
        row[tuple(map(slice, array.shape))] = array
    return out


def _shuffled(items: Iterator[Any], size: int, rng: np.random.Generator) -> Iterator[Any]:
    waiting = list(itertools.islice(items, size))
    following = next(items, _END)
    while following is not _END:
        # Numbers are drawn many at a time: one by one they would take longer than all the rest.
        for place in rng.integers(len(waiting), size=256).tolist():
            if following is _END:
                break
            yield waiting[place]
            waiting[place] = following
            following = next(items, _END)
    for place in rng.permutation(len(waiting)).tolist():
        yield waiting[place]


_END = object()
