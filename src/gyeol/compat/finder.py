"""Finds the modules `tensorflow`, `keras` and `tf_keras` in gyeol, installed or not."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from gyeol.compat.patches import Patches
from gyeol.compat.usage import DOCS, usage
from gyeol.suggestions import did_you_mean
from gyeol.text import tr

_ROOTS = ("keras", "tensorflow", "tf_keras")


class FaceModule(ModuleType):
    """A module whose names are looked up in gyeol when they are asked for."""

    def __init__(self, name: str, face: Any):
        super().__init__(name, face.__doc__)
        self.__path__: list[str] = []
        self._face = face

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._face.names()
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        shown = f"{self.__name__}.{name}"
        if self._face.has_module(name):
            return importlib.import_module(shown)
        try:
            found = self._face.get(name)
        except AttributeError:
            hint = did_you_mean(name, self._face.names())
            raise AttributeError(
                tr(
                    "gyeol's {module} has no {name!r}.{hint} {docs} lists what is left out.",
                    module=self.__name__,
                    name=name,
                    hint=hint,
                    docs=DOCS,
                )
            ) from None
        usage.names[shown] += 1
        return found

    def __dir__(self) -> list[str]:
        return self._face.names()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Keras 1's `keras.layers.merge` and `keras.optimizers.adam` are modules and functions."""
        return self._face.called(*args, **kwargs)


class Finder:
    """The entry of `sys.meta_path` that knows the faces."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in _ROOTS:
            return None
        from gyeol.compat.modules import face_of, nearest_names

        face = face_of(fullname)
        if face is None:
            # Not a ModuleNotFoundError: `from keras.layers import Dens` would swallow it.
            raise ImportError(
                tr(
                    "gyeol has no {name!r}.{hint} {docs} lists what is left out.",
                    name=fullname,
                    hint=did_you_mean(*nearest_names(fullname)),
                    docs=DOCS,
                ),
                name=fullname,
            )
        spec = ModuleSpec(fullname, self, is_package=True)
        spec.loader_state = face
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return FaceModule(spec.name, spec.loader_state)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing runs: names are looked up when they are asked for."""


class _Installed:
    """What `install` changed, to be taken back."""

    def __init__(self) -> None:
        self.finder = Finder()
        self.patches = Patches()
        self.modules = _taken_out()
        sys.meta_path.insert(0, self.finder)
        from gyeol.compat import keras2, tensors

        try:
            tensors.install(self.patches)
            keras2.install(self.patches)
        except BaseException:
            self.take_back()
            raise

    def take_back(self) -> None:
        self.patches.undo()
        sys.meta_path.remove(self.finder)
        _taken_out()
        sys.modules.update(self.modules)


_installed: _Installed | None = None


def _taken_out() -> dict[str, ModuleType]:
    """Take every module of the faces' names out of `sys.modules`."""
    names = [name for name in sys.modules if name.partition(".")[0] in _ROOTS]
    return {name: sys.modules.pop(name) for name in names}


def install() -> None:
    """Let `tensorflow`, `keras` and `tf_keras` mean gyeol in this process, from now on."""
    global _installed
    if _installed is None:
        _installed = _Installed()


def uninstall() -> None:
    """Take the faces back; modules of these names that were there before are there again."""
    global _installed
    if _installed is not None:
        _installed.take_back()
        _installed = None


@contextmanager
def faces() -> Iterator[None]:
    """The faces for the length of a `with` block.

    >>> with faces():
    ...     from keras.layers import Dense
    >>> Dense.__module__
    'gyeol.layers.core'
    """
    install()
    try:
        yield
    finally:
        uninstall()
