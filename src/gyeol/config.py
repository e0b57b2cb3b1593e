"""Settings of the whole library: float type, fuzz factor, image format, home folder, language.

The names are those of `keras.config`. Nothing here imports JAX.
"""

import locale
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gyeol.dtype_policies import DTypePolicy

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"
_dtype_policy: "DTypePolicy | None" = None

_interactive_logging = True
_traceback_filtering = True
_flash_attention = False
_max_epochs: int | None = None
_max_steps_per_epoch: int | None = None
_doctor: str | None = None

_DOCTORS = ("off", "warn", "error")
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


def dtype_policy() -> "DTypePolicy":
    """The dtype policy of layers for which none is named: that of `floatx()` until one is set.

    >>> dtype_policy()
    <DTypePolicy "float32">
    """
    from gyeol.dtype_policies import DTypePolicy

    return _dtype_policy or DTypePolicy(_floatx)


def set_dtype_policy(policy: "str | DTypePolicy") -> None:
    """Set the dtype policy for layers made from now on.

    Args:
        policy: a `DTypePolicy`, or the name of one: 'mixed_bfloat16', 'mixed_float16', or a dtype.

    Raises:
        ValueError: something else.
    """
    from gyeol.dtype_policies import DTypePolicy

    global _dtype_policy
    if not isinstance(policy, (str, DTypePolicy)):
        raise ValueError(
            f"A dtype policy is a name such as 'mixed_bfloat16', or a DTypePolicy; got {policy!r}."
        )
    _dtype_policy = DTypePolicy(policy) if isinstance(policy, str) else policy


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


def backend() -> str:
    """'jax': there is no other."""
    return "jax"


def set_backend(backend: str) -> None:
    """Accept 'jax'.

    Raises:
        ValueError: another backend.
    """
    if backend != "jax":
        raise ValueError(f"gyeol runs on JAX; it has no backend {backend!r}.")


def enable_interactive_logging() -> None:
    """Let ``verbose="auto"`` mean a moving bar, as it does from the start."""
    global _interactive_logging
    _interactive_logging = True


def disable_interactive_logging() -> None:
    """Let ``verbose="auto"`` mean a line an epoch, for output that goes to a file."""
    global _interactive_logging
    _interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Whether ``verbose="auto"`` means a moving bar."""
    return _interactive_logging


def enable_traceback_filtering() -> None:
    """Of no effect: gyeol shows tracebacks as they are, and checks before JAX is called."""
    global _traceback_filtering
    _traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Of no effect, as `enable_traceback_filtering`."""
    global _traceback_filtering
    _traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """What was last set."""
    return _traceback_filtering


def enable_flash_attention() -> None:
    """Let attention be computed block by block where it can be: on a GPU, in 16-bit floats."""
    global _flash_attention
    _flash_attention = True


def disable_flash_attention() -> None:
    """Let attention be computed as a whole, as it is from the start."""
    global _flash_attention
    _flash_attention = False


def is_flash_attention_enabled() -> bool:
    """Whether attention may be computed block by block."""
    return _flash_attention


def is_nnx_enabled() -> bool:
    """False: gyeol's variables are its own."""
    return False


def max_epochs() -> int | None:
    """The most epochs that a `fit` trains; None for no bound."""
    return _max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Bound the epochs of every `fit`, so that a long program can be tried out.

    Args:
        max_epochs: the most epochs; None for no bound.
    """
    global _max_epochs
    _max_epochs = max_epochs


def max_steps_per_epoch() -> int | None:
    """The most steps of an epoch, of `evaluate` and of `predict`; None for no bound."""
    return _max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Bound the steps of every epoch, so that a long program can be tried out.

    Args:
        max_steps_per_epoch: the most steps; None for no bound.
    """
    global _max_steps_per_epoch
    _max_steps_per_epoch = max_steps_per_epoch


def doctor() -> str:
    """'off', 'warn' or 'error': what `fit` does about mistakes that the doctor sees.

    It is what `set_doctor` said last, else ``GYEOL_DOCTOR``, else 'warn'.

    Raises:
        ValueError: ``GYEOL_DOCTOR`` is something else.
    """
    mode = _doctor or os.environ.get("GYEOL_DOCTOR") or "warn"
    if mode not in _DOCTORS:
        raise ValueError(f"GYEOL_DOCTOR is 'off', 'warn' or 'error'; got {mode!r}.")
    return mode


def set_doctor(mode: str) -> None:
    """Choose what `fit` does about mistakes that the doctor sees.

    Args:
        mode: 'off' to look at nothing; 'warn', as it is from the start, to say them on standard
            error and train; 'error' to raise a ValueError.

    Raises:
        ValueError: another mode.
    """
    global _doctor
    if mode not in _DOCTORS:
        raise ValueError(f"The doctor is 'off', 'warn' or 'error'; got {mode!r}.")
    _doctor = mode


def enable_unsafe_deserialization() -> None:
    """Refuse: whether a file's code may run is asked for each file, not once for all.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(
        "gyeol has no switch that lets all files run code. Say it for one that you trust: "
        "load_model(..., safe_mode=False); classes and functions of your own go into "
        "custom_objects."
    )


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
