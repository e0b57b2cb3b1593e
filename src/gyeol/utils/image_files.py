"""Pictures in files, as Pillow images and as arrays."""

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from gyeol import config
from gyeol.files import write_whole
from gyeol.serialization import exported

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}


@exported("keras.preprocessing.image")
@exported("keras.utils")
def load_img(
    path: str | os.PathLike | io.BytesIO,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Read a picture from a file.

    Args:
        path: the file, or its bytes as an `io.BytesIO`.
        color_mode: 'rgb', 'rgba' or 'grayscale' (which leaves 16 and 32 bits as they are).
        target_size: (height, width) to bring it to; its own by default.
        interpolation: 'nearest', 'bilinear', 'bicubic', 'hamming', 'box' or 'lanczos'.
        keep_aspect_ratio: whether its middle is cut out in the shape of `target_size` first.

    Returns:
        A Pillow image.

    Raises:
        ValueError: another color_mode or interpolation.
    """
    from PIL import Image

    if color_mode not in _MODES:
        raise ValueError(f"color_mode is 'grayscale', 'rgb' or 'rgba'; got {color_mode!r}.")
    if target_size is not None and interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"interpolation is one of {', '.join(_INTERPOLATIONS)}; got {interpolation!r}."
        )
    if not isinstance(path, (str, bytes, os.PathLike, io.BytesIO)):
        raise TypeError(f"path is that of a file, or an io.BytesIO; got {type(path).__name__}.")
    with Image.open(path) as image:
        image.load()
    wanted = _MODES[color_mode]
    if image.mode != wanted and not (wanted == "L" and image.mode in ("I;16", "I")):
        image = image.convert(wanted)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    height, width = target_size
    method = Image.Resampling[interpolation.upper()]
    box = _middle(image.height, image.width, height, width) if keep_aspect_ratio else None
    return image.resize((width, height), method, box=box)


def _middle(height: int, width: int, to_height: int, to_width: int) -> tuple[int, int, int, int]:
    """The largest box of the target's shape in the middle: left, upper, right, lower."""
    cut_height = min(height, width * to_height // to_width)
    cut_width = min(width, height * to_width // to_height)
    top, left = (height - cut_height) // 2, (width - cut_width) // 2
    return left, top, left + cut_width, top + cut_height


@exported("keras.preprocessing.image")
@exported("keras.utils")
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A picture as an array (height, width, channels).

    Args:
        img: a Pillow image.
        data_format: 'channels_first' for (channels, height, width); that of `gyeol.config` by
            default.
        dtype: the float type of `gyeol.config` by default.

    >>> from PIL import Image
    >>> img_to_array(Image.new("L", (3, 2))).shape
    (2, 3, 1)
    """
    array = np.asarray(img, dtype or config.floatx())
    if array.ndim not in (2, 3):
        raise ValueError(f"A picture has 2 or 3 axes; got an array of shape {array.shape}.")
    if array.ndim == 2:
        array = array[..., None]
    if config.standardize_data_format(data_format) == "channels_first":
        return array.transpose(2, 0, 1)
    return array


@exported("keras.preprocessing.image")
@exported("keras.utils")
def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """An array (height, width, channels) as a Pillow image.

    Args:
        x: the values; 1 channel for gray, 3 for RGB, 4 for RGBA.
        data_format: 'channels_first' for (channels, height, width); that of `gyeol.config` by
            default.
        scale: whether the smallest value becomes 0 and the largest 255.
        dtype: the type to compute in; the float type of `gyeol.config` by default.

    Returns:
        A Pillow image.

    Raises:
        ValueError: not three axes, or another number of channels.
    """
    from PIL import Image

    array = np.asarray(x, dtype or config.floatx())
    if array.ndim != 3:
        raise ValueError(
            f"array_to_img takes one picture, (height, width, channels); got shape {array.shape}."
        )
    if config.standardize_data_format(data_format) == "channels_first":
        array = array.transpose(1, 2, 0)
    if scale:
        array = array - array.min()
        array = array / (array.max() or 1) * 255
    if array.shape[2] not in (1, 3, 4):
        raise ValueError(f"A picture has 1, 3 or 4 channels; got {array.shape[2]}.")
    if array.shape[2] == 1:
        gray = array[:, :, 0]
        return Image.fromarray(gray.astype("int32" if gray.max() > 255 else "uint8"))
    return Image.fromarray(array.astype("uint8"))


@exported("keras.preprocessing.image")
@exported("keras.utils")
def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as a picture, whole or not at all.

    Args:
        path: where to; a path or an open file.
        x: the values, as for `array_to_img`.
        data_format: as for `array_to_img`.
        file_format: 'png', 'jpeg', ...; the path's ending says it by default.
        scale: as for `array_to_img`.
        **kwargs: what Pillow's `save` takes.

    Raises:
        ValueError: no such format, or none that the ending says.
        OSError: the file cannot be written.
    """
    is_path = isinstance(path, (str, bytes, os.PathLike))
    if file_format is None and is_path:
        file_format = Path(os.fsdecode(path)).suffix[1:]
    file_format = "jpeg" if (file_format or "").lower() == "jpg" else file_format
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and (file_format or "").lower() == "jpeg":
        warnings.warn("JPEG has no transparency; the picture is written as RGB.", stacklevel=2)
        image = image.convert("RGB")
    if not is_path:
        image.save(path, format=file_format or None, **kwargs)
        return
    # Pillow goes past the file to the disk, and does not say what went wrong there.
    buffer = io.BytesIO()
    image.save(buffer, format=file_format or None, **kwargs)
    with write_whole(path) as file:
        file.write(buffer.getvalue())


# Resizing -----------------------------------------------------------------------------------


def _cubic(x: np.ndarray, b: float, c: float) -> np.ndarray:
    # Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (1988).
    near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
    far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
    return np.where(x < 1, near, np.where(x < 2, far, 0)) / 6


def _lanczos(x: np.ndarray, radius: int) -> np.ndarray:
    return np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


# Weight by distance, in pixels of the source.
_KERNELS = {
    "bilinear": lambda x: np.maximum(0, 1 - x),
    "bicubic": lambda x: _cubic(x, 0, 0.5),
    "lanczos3": lambda x: _lanczos(x, 3),
    "lanczos5": lambda x: _lanczos(x, 5),
    "gaussian": lambda x: np.where(x < 1.5, np.exp(-2 * x**2), 0),
    "mitchellcubic": lambda x: _cubic(x, 1 / 3, 1 / 3),
}
RESIZINGS = ("nearest", "area", *_KERNELS)


def resized(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """A picture, or a batch of them, in another size, as `tf.image.resize` does it (no antialias).

    Args:
        image: (..., height, width, channels).
        size: (height, width).
        interpolation: one of `RESIZINGS`.

    Returns:
        An array of float32.
    """
    down, across = (
        _weights(length, to, interpolation).astype("float32")
        for length, to in zip(image.shape[-3:-1], size)
    )
    return np.einsum("yh,...hwc,xw->...yxc", down, image.astype("float32"), across, optimize=True)


def _weights(length: int, to: int, interpolation: str) -> np.ndarray:
    """How much each of `length` pixels counts in each of `to` pixels."""
    scale = length / to
    if interpolation == "nearest":
        source = np.minimum(((np.arange(to) + 0.5) * scale).astype(int), length - 1)
        return np.eye(length)[source]
    places = np.arange(length)
    if interpolation == "area":
        begin = np.arange(to)[:, None] * scale
        weights = np.minimum(places + 1, begin + scale) - np.maximum(places, begin)
        return np.maximum(weights, 0) / scale
    centers = (np.arange(to)[:, None] + 0.5) * scale - 0.5
    weights = _KERNELS[interpolation](np.abs(centers - places))
    return weights / weights.sum(1, keepdims=True)


def cropped(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The largest part in the middle of (..., height, width, channels) in the shape of `size`."""
    height, width = image.shape[-3:-1]
    cut_height = max(min(height, int(width * size[0] / size[1])), 1)
    cut_width = max(min(width, int(height * size[1] / size[0])), 1)
    top, left = (height - cut_height) // 2, (width - cut_width) // 2
    return image[..., top : top + cut_height, left : left + cut_width, :]


def padded(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """(height, width, channels) resized as a whole into `size`, black at two sides."""
    height, width = image.shape[:2]
    ratio = max(height / size[0], width / size[1])
    within = (height / ratio, width / ratio)
    small = resized(image, (int(within[0]), int(within[1])), interpolation)
    top, left = (max(0, int((whole - part) / 2)) for whole, part in zip(size, within))
    out = np.zeros((*size, image.shape[2]), "float32")
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return out
