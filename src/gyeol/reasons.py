"""Errors from within JAX in the words of somebody who does not know JAX."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from gyeol.text import tr

_SHAPE = r"(\([\d, ]*\))"


def reason(error: Exception) -> str:
    """What an error says, without what only JAX's authors know.

    >>> reason(TypeError("add got incompatible shapes for broadcasting: (2, 3), (2, 4)."))
    'the shapes (2, 3) and (2, 4) do not go together'
    """
    text = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "TracerBoolConversionError" in kinds:
        return tr(
            "it decides in Python (if, while, and) by values that come only when the compiled "
            "program runs; write gyeol.ops.where(condition, a, b)"
        )
    if "TracerArrayConversionError" in kinds:
        return tr(
            "it uses NumPy on values that come only when the compiled program runs; "
            "write gyeol.ops in place of np"
        )
    if kinds & {"ConcretizationTypeError", "TracerIntegerConversionError"}:
        return tr(
            "it makes Python numbers (float, int, range) of values that come only when the "
            "compiled program runs; write gyeol.ops"
        )
    if found := re.search(rf"dot_general requires contracting .*got {_SHAPE} and {_SHAPE}", text):
        first, second = (shape.strip("(),") for shape in found.groups())
        return tr(
            "a product of matrices needs inner sizes that are the same, and has {first} and "
            "{second}",
            first=first,
            second=second,
        )
    if found := re.search(rf"cannot reshape array of shape {_SHAPE}.* into shape {_SHAPE}", text):
        return tr(
            "an array of shape {given} does not have as many values as one of shape {wanted}",
            given=found[1],
            wanted=found[2],
        )
    if text.startswith("None is not a valid value"):
        return tr("it returned None (is a return missing?)")
    if "ncompatible" in text and "broadcast" in text:
        shapes = re.findall(r"\[([\d,]*)\]", text) or re.findall(r"\(([\d, ]*)\)", text)
        if len(shapes) > 1:
            first, second = (
                f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
                for sizes in (re.findall(r"\d+", shape) for shape in shapes[:2])
            )
            return tr(
                "the shapes {first} and {second} do not go together", first=first, second=second
            )
    return text


@contextmanager
def said_plainly(stand_in: int | None = None) -> Iterator[None]:
    """Let an error that passes through JAX leave without the note that JAX hangs on it.

    Args:
        stand_in: a size that stood for that of the batch, for the message to say so.
    """
    try:
        yield
    except Exception as error:
        notes = [note for note in getattr(error, "__notes__", ()) if "JAX" not in note]
        if hasattr(error, "__notes__"):
            error.__notes__ = notes
        if stand_in is not None and len(error.args) == 1 and isinstance(error.args[0], str):
            error.args = (re.sub(rf"\({stand_in}(?=[,)])", "(batch", error.args[0]),)
        raise
