"""Settings of the whole library: float type, fuzz factor, image format, home folder, language.

The names are those of `keras.config`. Nothing here imports JAX.
"""

import locale
import os
from pathlib import Path

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"

_FLOATS = ("bfloat16", "float16", "float32", "float64")


def floatx() -> str:
    """The float type that layers use when none is named.

    >>> floatx()
    'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Set the float type for layers made from now on.

    Args:
        value: one of 'bfloat16', 'float16', 'float32', 'float64'.

    Raises:
        ValueError: another value.
    """
    global _floatx
    if value not in _FLOATS:
        raise ValueError(f"floatx must be one of {', '.join(_FLOATS)}; got {value!r}.")
    _floatx = value


def epsilon() -> float:
    """The fuzz factor that keeps logarithms and divisions finite (1e-7)."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set the fuzz factor."""
    global _epsilon
    _epsilon = float(value)


def image_data_format() -> str:
    """'channels_last' or 'channels_first': what image layers expect when not told."""
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set what image layers made from now on expect.

    Raises:
        ValueError: neither 'channels_last' nor 'channels_first'.
    """
    global _image_data_format
    _image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """The given data format in lower case, or the default for None.

    Raises:
        ValueError: neither 'channels_last' nor 'channels_first'.
    """
    if data_format is None:
        return _image_data_format
    if str(data_format).lower() not in ("channels_last", "channels_first"):
        raise ValueError(
            f"data_format must be 'channels_last' or 'channels_first'; got {data_format!r}."
        )
    return str(data_format).lower()


def home() -> Path:
    """The folder for data sets and the compiler's cache: ``GYEOL_HOME``, else ``~/.gyeol``."""
    return Path(os.environ.get("GYEOL_HOME") or Path.home() / ".gyeol")


def language() -> str:
    """'en' or 'ko': ``GYEOL_LANG`` if it is set, else what the locale says."""
    wanted = os.environ.get("GYEOL_LANG")
    if not wanted:
        names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        wanted = next(filter(None, names), None) or locale.getlocale()[0] or "en"
    return "ko" if wanted.lower().startswith("ko") else "en"
