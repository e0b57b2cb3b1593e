"""Lambdas as their code, in Keras's form: what a file runs only where the caller says so.

Nothing else in gyeol reads marshalled code, and `serialization` reads it only within
``safe_mode=False``.
"""

import base64
import builtins
import dis
import inspect
import marshal
import sys
from collections.abc import Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any

from gyeol.text import tr


def dumped(function: FunctionType) -> tuple[str, tuple | None, tuple | None]:
    """The code of a function, its defaults and the values of its closure, as Keras writes them.

    Raises:
        TypeError: a default of an argument that is taken by name only, which has no place there.
    """
    if function.__kwdefaults__:
        raise TypeError(
            tr(
                "A lambda with defaults after '*' cannot be written to a file: {names}.",
                names=", ".join(function.__kwdefaults__),
            )
        )
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    closure = tuple(cell.cell_contents for cell in function.__closure__ or ())
    return code, function.__defaults__, closure or None


def names_from_around(function: FunctionType) -> list[str]:
    """The global names that a function uses and that its code does not hold."""
    return sorted(inspect.getclosurevars(function).globals)


def loaded(
    code: Any, defaults: Sequence | None, closure: Sequence | None, names: Mapping[str, Any]
) -> FunctionType:
    """The function that `dumped` described. Calling it runs code that somebody else wrote.

    Args:
        code: the code, as text.
        defaults: the defaults of its last arguments.
        closure: the values of its free variables.
        names: what it sees as global names, beside Python's own.

    Raises:
        ValueError: no code, or code of another version of Python.
    """
    try:
        body = marshal.loads(base64.b64decode(code))
    except (ValueError, EOFError, TypeError):
        body = None
    if not isinstance(body, CodeType) or not _is_of_this_python(body):
        raise ValueError(
            tr(
                "The stored code was made by another version of Python than this one, {version}, "
                "or is damaged. Write the function and pass it in custom_objects.",
                version=f"{sys.version_info.major}.{sys.version_info.minor}",
            )
        )
    cells = tuple(CellType(value) for value in closure or ())
    if len(cells) != len(body.co_freevars):
        raise ValueError(tr("The stored code lacks values that it uses."))
    names = {**names, "__builtins__": builtins}
    return FunctionType(body, names, body.co_name, tuple(defaults or ()) or None, cells or None)


def _is_of_this_python(code: CodeType) -> bool:
    """Whether the instructions make sense here; code does not say which version it is of."""
    try:
        names = [instruction.opname for instruction in dis.get_instructions(code)]
    except Exception:
        return False
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return (
        "RESUME" in names[:4]
        and "CACHE" not in names
        and not any(name.startswith("<") for name in names)
        and all(map(_is_of_this_python, inner))
    )
