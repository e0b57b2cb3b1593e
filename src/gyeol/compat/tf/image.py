"""`tf.image`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

import gyeol.random
from gyeol.compat.operations import tensor_function
from gyeol.compat.tensors import array

__all__ = ["ResizeMethod"]


class ResizeMethod:
    """Ways to resize."""

    BICUBIC, BILINEAR, LANCZOS3 = "bicubic", "bilinear", "lanczos3"
    NEAREST_NEIGHBOR = "nearest"


def _public(function: Callable) -> Callable:
    __all__.append(function.__name__)
    return tensor_function(function)


@_public
def resize(
    images: Any,
    size: Any,
    method: str = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
) -> jax.Array:
    """Images of another size; of floats, except with the nearest neighbour."""
    x = array(images)
    height, width = (int(s) for s in size)
    if preserve_aspect_ratio:
        scale = min(height / x.shape[-3], width / x.shape[-2])
        height, width = round(x.shape[-3] * scale), round(x.shape[-2] * scale)
    shape = (*x.shape[:-3], height, width, x.shape[-1])
    if method == "nearest":
        rows = jnp.arange(height) * x.shape[-3] // height
        columns = jnp.arange(width) * x.shape[-2] // width
        return x[..., rows, :, :][..., columns, :]
    return jax.image.resize(x.astype("float32"), shape, method, antialias=antialias)


@_public
def flip_left_right(image: Any) -> jax.Array:
    """Left and right changed."""
    return jnp.flip(array(image), -2)


@_public
def flip_up_down(image: Any) -> jax.Array:
    """Up and down changed."""
    return jnp.flip(array(image), -3)


@_public
def transpose(image: Any) -> jax.Array:
    """Rows and columns changed."""
    return jnp.swapaxes(array(image), -3, -2)


@_public
def rot90(image: Any, k: int = 1) -> jax.Array:
    """Turned by quarters, against the clock."""
    return jnp.rot90(array(image), k, axes=(-3, -2))


def _maybe(image: jax.Array, axis: int, seed: int | None) -> jax.Array:
    chance = jax.random.bernoulli(gyeol.random.next_key(seed))
    return jnp.where(chance, jnp.flip(image, axis), image)


@_public
def random_flip_left_right(image: Any, seed: int | None = None) -> jax.Array:
    """Left and right changed, one time in two."""
    return _maybe(array(image), -2, seed)


@_public
def random_flip_up_down(image: Any, seed: int | None = None) -> jax.Array:
    """Up and down changed, one time in two."""
    return _maybe(array(image), -3, seed)


@_public
def rgb_to_grayscale(images: Any) -> jax.Array:
    """One channel from three, by how bright each looks."""
    x = array(images)
    grey = jnp.sum(x * jnp.asarray([0.2989, 0.587, 0.114]), axis=-1, keepdims=True)
    return grey.astype(x.dtype)


@_public
def grayscale_to_rgb(images: Any) -> jax.Array:
    """Three channels from one."""
    return jnp.repeat(array(images), 3, axis=-1)


@_public
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False) -> jax.Array:
    """An image in another dtype, and its range with it: 0..255 becomes 0..1."""
    x, target = array(image), jnp.dtype(dtype)
    from_whole = jnp.issubdtype(x.dtype, jnp.integer)
    to_whole = jnp.issubdtype(target, jnp.integer)
    if from_whole == to_whole:
        return x.astype(target)
    if from_whole:
        return (x / jnp.iinfo(x.dtype).max).astype(target)
    most = jnp.iinfo(target).max
    return jnp.clip(x * (most + 0.5), 0, most).astype(target)


@_public
def adjust_brightness(image: Any, delta: float) -> jax.Array:
    """An image with `delta` of its range added."""
    x = array(image)
    if jnp.issubdtype(x.dtype, jnp.integer):
        most = jnp.iinfo(x.dtype).max
        return jnp.clip(x + delta * most, 0, most).astype(x.dtype)
    return x + delta


@_public
def adjust_contrast(images: Any, contrast_factor: float) -> jax.Array:
    """Differences from each channel's mean, times the factor."""
    x = array(images)
    mean = jnp.mean(x, axis=(-3, -2), keepdims=True)
    return ((x - mean) * contrast_factor + mean).astype(x.dtype)


@_public
def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> jax.Array:
    """An image with a random part of its range added."""
    key = gyeol.random.next_key(seed)
    return adjust_brightness(
        image, jax.random.uniform(key, (), minval=-max_delta, maxval=max_delta)
    )


@_public
def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> jax.Array:
    """An image of a random contrast."""
    key = gyeol.random.next_key(seed)
    return adjust_contrast(image, jax.random.uniform(key, (), minval=lower, maxval=upper))


@_public
def central_crop(image: Any, central_fraction: float) -> jax.Array:
    """The middle of an image."""
    x = array(image)
    top = int(x.shape[-3] * (1 - central_fraction) / 2)
    left = int(x.shape[-2] * (1 - central_fraction) / 2)
    return x[..., top : x.shape[-3] - top, left : x.shape[-2] - left, :]


@_public
def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> jax.Array:
    """A part of an image."""
    rows = slice(offset_height, offset_height + target_height)
    return array(image)[..., rows, offset_width : offset_width + target_width, :]


@_public
def pad_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> jax.Array:
    """An image with margins of zeros."""
    x = array(image)
    below = target_height - offset_height - x.shape[-3]
    right = target_width - offset_width - x.shape[-2]
    margins = [(0, 0)] * (x.ndim - 3) + [(offset_height, below), (offset_width, right), (0, 0)]
    return jnp.pad(x, margins)


@_public
def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> jax.Array:
    """An image cut, or given margins, to a size around its middle."""
    x = array(image)
    for axis, target in ((-3, target_height), (-2, target_width)):
        extra = target - x.shape[axis]
        before = abs(extra) // 2
        if extra < 0:
            x = jax.lax.slice_in_dim(x, before, before + target, axis=axis % x.ndim)
        else:
            margins = [(0, 0)] * x.ndim
            margins[axis] = (before, extra - before)
            x = jnp.pad(x, margins)
    return x


resize_image_with_crop_or_pad = resize_with_crop_or_pad


@_public
def random_crop(value: Any, size: Any, seed: int | None = None) -> jax.Array:
    """A part of this size from a random place."""
    x, size = array(value), tuple(int(s) for s in size)
    key = gyeol.random.next_key(seed)
    most = jnp.asarray([a - b + 1 for a, b in zip(x.shape, size)])
    return jax.lax.dynamic_slice(x, jax.random.randint(key, (x.ndim,), 0, most), size)


@_public
def per_image_standardization(image: Any) -> jax.Array:
    """Each image with mean 0 and variance 1."""
    x = array(image).astype("float32")
    axes = (-3, -2, -1)
    deviation = jnp.std(x, axis=axes, keepdims=True)
    least = 1.0 / jnp.sqrt(x.shape[-1] * x.shape[-2] * x.shape[-3])
    return (x - jnp.mean(x, axis=axes, keepdims=True)) / jnp.maximum(deviation, least)
