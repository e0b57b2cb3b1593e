"""What is asked of a path before anything is read or written, and how damage is reported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gyeol.files import mend_folder
from gyeol.models import Model
from gyeol.text import tr

# A file may have long names, and errors repeat them.
_LONGEST_REASON = 600


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
    mend_folder(path)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            tr("{path!r} exists. Give another name, or overwrite=True.", path=path)
        )


def check_exists(path: str) -> None:
    """Refuse a path where there is nothing, not even a folder that a killed process set aside.

    Raises:
        FileNotFoundError: there is nothing.
    """
    mend_folder(path)
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
    except Warning:
        raise  # whoever has made errors of warnings wants to see them
    except Exception as error:
        raise ValueError(
            tr("{path!r} cannot be loaded: {reason}", path=path, reason=reason_of(error))
        ) from error


def reason_of(error: Exception) -> str:
    """Why something from a file cannot be used: what an error says, in one line of plain text."""
    if isinstance(error, NameError) and error.name:
        return tr(
            "its code uses the name {name!r}, which the file does not hold. Pass it in "
            "custom_objects={{{name!r}: {name}}}",
            name=error.name,
        )
    # A KeyError shows its message in quotes.
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    reason = " ".join(str(said).split()) or type(error).__name__
    if not isinstance(error, (ValueError, TypeError, NotImplementedError)):
        reason = tr("it is damaged ({reason})", reason=reason)
    # Names in a file may hold what a terminal obeys.
    reason = "".join(c if c.isprintable() else "?" for c in reason[: _LONGEST_REASON + 1])
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:-1]}..."
