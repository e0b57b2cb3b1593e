"""`tf.io`: files and images in them."""

import glob
import io
import os
import shutil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol.compat.usage import refused

__all__ = [
    *("decode_bmp", "decode_image", "decode_jpeg", "decode_png", "gfile", "matching_files"),
    *("read_file", "write_file"),
]


def _path(name: Any) -> str:
    name = name.item() if isinstance(name, (np.ndarray, np.generic)) else name
    return name.decode() if isinstance(name, bytes) else os.fspath(name)


def read_file(filename: Any, name: str | None = None) -> bytes:
    """What is in a file."""
    with open(_path(filename), "rb") as file:
        return file.read()


def write_file(filename: Any, contents: bytes | str, name: str | None = None) -> None:
    """Write a file."""
    contents = contents.encode() if isinstance(contents, str) else contents
    with open(_path(filename), "wb") as file:
        file.write(contents)


def matching_files(pattern: Any, name: str | None = None) -> list[str]:
    """The files that a pattern names."""
    return sorted(glob.glob(_path(pattern)))


def decode_image(
    contents: bytes, channels: int = 0, dtype: Any = "uint8", name: str | None = None, **_: Any
) -> jax.Array:
    """An image (height, width, channels) from what is in its file.

    Args:
        contents: what is in the file.
        channels: 1 for grey, 3 for colours, 4 for colours and opacity; 0 for what the file has.
        dtype: 'uint8', or a float type for 0..1.
        name: means nothing.
    """
    from PIL import Image

    mode = {0: None, 1: "L", 3: "RGB", 4: "RGBA"}[channels]
    with Image.open(io.BytesIO(contents)) as image:
        pixels = np.array(image.convert(mode) if mode else image)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    is_float = "float" in str(dtype)
    return jnp.asarray(pixels.astype("float32") / 255 if is_float else pixels)


decode_jpeg = decode_png = decode_bmp = decode_image
parse_single_example = TFRecordWriter = refused("TFRecord files")


class gfile:
    """`tf.io.gfile`: files under TensorFlow's names."""

    GFile = open
    exists = staticmethod(os.path.exists)
    isdir = staticmethod(os.path.isdir)
    glob = staticmethod(matching_files)
    listdir = staticmethod(os.listdir)
    makedirs = staticmethod(lambda path: os.makedirs(path, exist_ok=True))
    remove = staticmethod(os.remove)
    rmtree = staticmethod(shutil.rmtree)
