"""Compiled programs on the disk, for the processes to come.

JAX looks for them under a key of all that a program is made of, and asks a store for the bytes. Its
own store writes in place and believes what it reads, which is machine code. The one here writes
whole files with a checksum, so that a file that is damaged, or that another process is writing,
counts as one that is not there.
"""

import functools
import hashlib
import os
import platform
from contextlib import suppress
from pathlib import Path

import jax

from gyeol import config, files

# How many programs are kept; the oldest half goes when there are more.
_MOST = 2_000
_SUFFIX = ".program"


class Store:
    """Bytes by key, in a folder; as JAX's `CacheInterface`.

    Nothing is raised: a folder that cannot be read or written is a cache that holds nothing.

    Args:
        folder: it is made when there is something to keep.
    """

    def __init__(self, folder: Path):
        self._path = folder

    def get(self, key: str) -> bytes | None:
        """What was put under the key; None if there is nothing, or nothing whole."""
        with suppress(OSError):
            content = self._file(key).read_bytes()
            digest, value = content[:32], content[32:]
            if hashlib.sha256(value).digest() == digest:
                return value
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep bytes under a key."""
        with suppress(OSError):
            files.make_folder(self._path)
            self._make_room()
            with files.write_whole(self._file(key)) as file:
                file.write(hashlib.sha256(value).digest() + value)

    def _file(self, key: str) -> Path:
        return self._path / f"{key}-{_machine()}{_SUFFIX}"

    def _make_room(self) -> None:
        names = os.listdir(self._path)
        if len(names) <= _MOST:
            return
        found = []
        for name in names:
            with suppress(OSError):  # another process makes room too
                found.append((os.stat(self._path / name).st_mtime, name))
        for _, name in sorted(found)[: len(found) // 2]:
            with suppress(OSError):
                os.unlink(self._path / name)


@functools.cache
def _machine() -> str:
    """What of this machine a compiled program depends on, as a short text.

    A home folder may be on a disk that several machines share.
    """
    described = platform.machine()  # `platform.processor` would start a program to find out
    with suppress(OSError), open("/proc/cpuinfo") as lines:
        kinds = ("flags", "Features", "model name")
        described += "".join(sorted({line for line in lines if line.startswith(kinds)}))
    return hashlib.sha256(described.encode()).hexdigest()[:12]


def use() -> None:
    """Let JAX keep what it compiles in the home folder, unless it was told where already."""
    if jax.config.jax_compilation_cache_dir is not None:
        return
    folder = config.home() / "xla"
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # What is quick to compile takes time too, and is a small file.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    # The store is no part of JAX's interface. Where it is not as it is known to be, JAX's own does.
    with suppress(ImportError):
        from jax._src import compilation_cache as of_jax

        if getattr(of_jax, "_cache", of_jax) is None and hasattr(of_jax, "_cache_initialized"):
            of_jax._cache, of_jax._cache_initialized = Store(folder), True
