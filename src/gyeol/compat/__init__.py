"""The faces: `tensorflow`, `tf.keras` and `keras` as names for gyeol.

`gyeol run`, ``%load_ext gyeol`` and the context manager `faces` install them; `import gyeol` does
not.
"""

from gyeol.compat.finder import faces, install, uninstall

__all__ = ["faces", "install", "uninstall"]
