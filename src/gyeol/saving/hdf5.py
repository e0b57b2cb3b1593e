"""HDF5 files as Keras writes them: plain arrays under hard links, each looked at and then read."""

import zlib
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from gyeol.saving.hdf5_file import Array, Group
from gyeol.text import tr
from gyeol.variable import Variable

# What gyeol adds to Keras's format, which Keras passes over: an attribute of each array.
_CHECKSUM = "crc32"


class Written(MutableMapping):
    """A group of a file to write arrays to, as `save_own_variables` sees it."""

    def __init__(self, group: Any):
        self._group = group

    def __setitem__(self, key: str, value: Any) -> None:
        array = np.asarray(value)
        dataset = self._group.create_dataset(key, data=array)
        if array.dtype == jnp.bfloat16:
            # HDF5 knows no such type; Keras marks the two bytes so.
            dataset.attrs["dtype"] = "bfloat16"
        if not array.dtype.hasobject:
            _add_number(dataset, _CHECKSUM, _crc32(array))

    def __getitem__(self, key: str) -> Any:
        return self._group[key][()]

    def __delitem__(self, key: str) -> None:
        del self._group[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._group)

    def __len__(self) -> int:
        return len(self._group)


class Stored(Mapping):
    """A group of a file to read arrays from, as `load_own_variables` sees it."""

    def __init__(self, group: Group | None):
        self._group: Mapping = {} if group is None else group

    def dataset(self, key: str) -> Array:
        """The data set of that name, which is plain: its bytes lie in the file, in one piece.

        Raises:
            ValueError: it is of another kind, or there is none.
        """
        if key not in self._group:
            raise ValueError(tr("the file has no array {key!r} there", key=key))
        dataset = self._group[key]
        if (
            not isinstance(dataset, Array)
            or dataset.dtype is None
            or not kind_of(dtype_of(dataset))
        ):
            raise ValueError(tr("the file has no array of numbers {key!r} there", key=key))
        if not dataset.is_plain:
            raise ValueError(tr("array {key!r} is not stored as Keras stores arrays", key=key))
        return dataset

    def __getitem__(self, key: str) -> np.ndarray:
        return read_array(self.dataset(key))

    def __contains__(self, key: object) -> bool:
        return key in self._group

    def __iter__(self) -> Iterator[str]:
        return iter(self._group)

    def __len__(self) -> int:
        return len(self._group)


def group_at(file: Group, path: str) -> Group | None:
    """The group at a path of groups, or None.

    Raises:
        ValueError: a link that leads elsewhere, or something that is no group.
    """
    group = file
    for name in path.split("/"):
        if name not in group:
            return None
        group = group[name]
        if not isinstance(group, Group):
            raise ValueError(tr("the file has data of another kind there"))
    return group


def misfit(variable: Variable, dataset: Array) -> str | None:
    """Why a variable cannot take an array of a file, in words; None if it can."""
    if dataset.shape != variable.shape:
        return tr(
            "{variable} has shape {wanted}, the file has {given}",
            variable=variable.name,
            wanted=variable.shape,
            given=dataset.shape,
        )
    if kind_of(dtype_of(dataset)) != kind_of(jnp.dtype(variable.dtype)):
        return tr(
            "{variable} holds {wanted} values, the file has {given}",
            variable=variable.name,
            wanted=variable.dtype,
            given=dataset.dtype,
        )
    return None


def dtype_of(dataset: Array) -> np.dtype:
    # Keras marks what the two bytes are, but not in '.h5' files, which tell its version.
    unmarked = "bfloat16" if "keras_version" in dataset.file.attrs else None
    if dataset.dtype == np.dtype("V2") and dataset.attrs.get("dtype", unmarked) == "bfloat16":
        return jnp.dtype("bfloat16")
    return dataset.dtype


def kind_of(dtype: np.dtype) -> str:
    """The kind of number. Other backends of Keras count steps in 64 bits; sizes may differ."""
    for kind in (jnp.floating, jnp.integer, jnp.bool_):
        if jnp.issubdtype(dtype, kind):
            return kind.__name__
    return ""


def read_array(dataset: Array) -> np.ndarray:
    """The values of an array; of one that gyeol wrote, with its checksum compared.

    Raises:
        ValueError: it is not what was written.
    """
    array = dataset.read()
    wanted = dataset.attrs.get(_CHECKSUM)
    is_number = isinstance(wanted, (np.ndarray, np.generic)) and wanted.shape == ()
    if is_number and wanted != _crc32(array):
        raise ValueError(
            tr(
                "array {name!r} is damaged: its checksum is another. If it was changed on purpose, "
                "remove its attribute {attribute!r}",
                name=dataset.name,
                attribute=_CHECKSUM,
            )
        )
    array = array.view(dtype_of(dataset))
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _add_number(dataset: Any, name: str, value: int) -> None:
    """What ``dataset.attrs[name] = np.uint32(value)`` does, in a tenth of the time."""
    import h5py

    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(dataset.id, name.encode(), h5py.h5t.STD_U32LE, space)
    attribute.write(np.array(value, "<u4"))


def _crc32(array: np.ndarray) -> int:
    return zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
