"""What is asked of a path before anything is read or written, and how damage is reported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gyeol.models import Model
from gyeol.text import tr


def check_writable(model: Model, path: str, overwrite: bool) -> None:
    """Refuse a model without weights, and a file that is not to be replaced.

    Raises:
        ValueError: the model is not built yet.
        FileExistsError: the file exists and `overwrite` is False.
    """
    if not model.built:
        raise ValueError(
            tr(
                "Model {name!r} is not built yet, so it has no weights to save. Begin it with "
                "Input(shape=...), call it on data, or build it with a shape.",
                name=model.name,
            )
        )
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            tr("{path!r} exists. Give another name, or overwrite=True.", path=path)
        )


def check_exists(path: str) -> None:
    """Refuse a path where there is nothing.

    Raises:
        FileNotFoundError: there is nothing.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(tr("There is no file {path!r}.", path=path))


def is_hdf5(path: str) -> bool:
    """Whether a path leads to an HDF5 file, by how it begins."""
    if os.path.isdir(path):
        return False
    with open(path, "rb") as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"


@contextmanager
def named_in_errors(path: str) -> Iterator[None]:
    """Turn whatever goes wrong in the block into a `ValueError` of one line that names the file."""
    try:
        yield
    except Exception as error:
        # A KeyError shows its message in quotes.
        said = error.args[0] if isinstance(error, KeyError) and error.args else error
        reason = " ".join(str(said).split()) or type(error).__name__
        if not isinstance(error, (ValueError, TypeError, NotImplementedError)):
            reason = tr("it is damaged ({reason})", reason=reason)
        raise ValueError(
            tr("{path!r} cannot be loaded: {reason}", path=path, reason=reason)
        ) from error
