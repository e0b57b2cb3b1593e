"""HDF5 files as Keras writes them: plain arrays under hard links, each looked at and then read."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from gyeol.text import tr
from gyeol.variable import Variable


class Written(MutableMapping):
    """A group of a file to write arrays to, as `save_own_variables` sees it."""

    def __init__(self, group: Any):
        self._group = group

    def __setitem__(self, key: str, value: Any) -> None:
        array = np.asarray(value)
        self._group[key] = array
        if array.dtype == jnp.bfloat16:
            # HDF5 knows no such type; Keras marks the two bytes so.
            self._group[key].attrs["dtype"] = "bfloat16"

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

    def __init__(self, group: Any):
        self._group = {} if group is None else group

    def dataset(self, key: str) -> Any:
        """The data set of that name, which is plain: its bytes lie in the file, in one piece.

        Raises:
            ValueError: it is of another kind, or there is none.
        """
        import h5py

        if key not in self._group:
            raise ValueError(tr("the file has no array {key!r} there", key=key))
        if not is_hard_link(self._group, key):
            raise ValueError(tr("the file has a link there instead of data"))
        dataset = self._group[key]
        if not isinstance(dataset, h5py.Dataset) or not kind_of(dtype_of(dataset)):
            raise ValueError(tr("the file has no array of numbers {key!r} there", key=key))
        layout = dataset.id.get_create_plist()
        plain = (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
        if (
            layout.get_layout() not in plain
            or layout.get_external_count()
            or dataset.id.get_storage_size() != dataset.nbytes
        ):
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


def group_at(file: Any, path: str) -> Any:
    """The group at a path of groups, or None.

    Raises:
        ValueError: a link that leads elsewhere, or something that is no group.
    """
    import h5py

    group = file
    for name in path.split("/"):
        if name not in group:
            return None
        if not is_hard_link(group, name):
            raise ValueError(tr("the file has a link there instead of data"))
        group = group[name]
        if not isinstance(group, h5py.Group):
            raise ValueError(tr("the file has data of another kind there"))
    return group


def is_hard_link(group: Any, name: str) -> bool:
    import h5py

    return isinstance(group.get(name, getlink=True), h5py.HardLink)


def misfit(variable: Variable, dataset: Any) -> str | None:
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


def dtype_of(dataset: Any) -> np.dtype:
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


def read_array(dataset: Any) -> np.ndarray:
    array = np.asarray(dataset[()]).view(dtype_of(dataset))
    return array.astype(array.dtype.newbyteorder("="))
