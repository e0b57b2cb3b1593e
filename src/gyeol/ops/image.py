"""Pictures: sizes, geometry and colours, under the names of `keras.ops.image`.

Each function takes one picture, (height, width, channels), or a batch of them, (batch, height,
width, channels); with 'channels_first' the channels come before the height.
"""

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config, room
from gyeol.ops import symbolic
from gyeol.ops.conv import conv, spatial
from gyeol.ops.math import convert_to_tensor

_RESIZE_METHODS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
_SAMPLING = ("nearest", "bilinear")
_FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


# Size ---------------------------------------------------------------------------------------


def resize(
    images: ArrayLike,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> jax.Array:
    """Pictures in another size, as `keras.ops.image.resize`.

    Args:
        images: one picture or a batch.
        size: the new height and width.
        interpolation: 'bilinear', 'nearest', 'bicubic', 'lanczos3' or 'lanczos5'.
        antialias: whether all pixels count when a picture becomes smaller.
        crop_to_aspect_ratio: whether the largest part in the middle that has the new proportions is
            cut out first.
        pad_to_aspect_ratio: whether borders give the picture the new proportions first.
        fill_mode: must be 'constant'.
        fill_value: the value of those borders.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    Returns:
        The pictures in the dtype of `images`; whole numbers are rounded.

    Raises:
        ValueError: an unknown interpolation or fill mode, or both kinds of aspect ratio at once.

    >>> resize(jnp.ones((4, 6, 3)), (2, 3)).shape
    (2, 3, 3)
    """
    images = convert_to_tensor(images)
    _one_of("interpolation", interpolation, _RESIZE_METHODS)
    _one_of("fill_mode", fill_mode, ("constant",))
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("resize takes crop_to_aspect_ratio or pad_to_aspect_ratio, not both.")
    rows, columns = _axes(images, data_format)
    target = height, width = spatial(size, 2, "size")
    resized = images
    if crop_to_aspect_ratio:
        resized = _cut_to_ratio(images, target, rows, columns)
    elif pad_to_aspect_ratio:
        # Keras adds rows or else columns, never both.
        tall, wide = images.shape[rows], images.shape[columns]
        above = max(int(wide * height / width) - tall, 0) // 2
        beside = 0 if above else max(int(tall * width / height) - wide, 0) // 2
        border = [(0, 0)] * images.ndim
        border[rows], border[columns] = (above, above), (beside, beside)
        resized = _as_floats(images) if above or beside else images
        resized = jnp.pad(resized, border, constant_values=fill_value)
    shape = list(images.shape)
    shape[rows], shape[columns] = target
    # JAX makes a matrix for each axis, and needs some of that size on the way.
    room.check(max(16 * resized.shape[axis] * shape[axis] for axis in (rows, columns)))
    resized = jax.image.resize(resized, shape, interpolation, antialias)
    return _in_dtype(resized, images.dtype)


def _cut_to_ratio(images: jax.Array, target: Sequence[int], rows: int, columns: int) -> jax.Array:
    """The largest part in the middle that has the proportions of `target`."""
    for axis, other, size, across in (
        (rows, columns, target[0], target[1]),
        (columns, rows, target[1], target[0]),
    ):
        # Both follow from the whole picture: at most one of them is smaller than it.
        length = images.shape[axis]
        kept = max(min(length, int(images.shape[other] * size / across)), 1)
        start = (length - kept) // 2
        images = jax.lax.slice_in_dim(images, start, start + kept, axis=axis)
        if kept < length:
            break
    return images


def pad_images(
    images: ArrayLike,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> jax.Array:
    """Zeros around pictures, as `keras.ops.image.pad_images`.

    Of each of the triples top, bottom, height and left, right, width two are given.

    Args:
        images: one picture or a batch.
        top_padding, bottom_padding: rows to add.
        left_padding, right_padding: columns to add.
        target_height, target_width: the size afterwards.
        data_format: 'channels_last' or 'channels_first'.

    >>> pad_images(jnp.ones((2, 2, 1)), 1, 0, target_height=4, target_width=3).shape
    (4, 3, 1)
    """
    images = convert_to_tensor(images)
    rows, columns = _axes(images, data_format)
    border = [(0, 0)] * images.ndim
    border[rows] = _two_sides(
        images.shape[rows], top_padding, bottom_padding, target_height, "padding"
    )
    border[columns] = _two_sides(
        images.shape[columns], left_padding, right_padding, target_width, "padding"
    )
    return jnp.pad(images, border)


def crop_images(
    images: ArrayLike,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> jax.Array:
    """Pictures without some rows and columns at their edges, as `keras.ops.image.crop_images`.

    Of each of the triples top, bottom, height and left, right, width two are given.

    Args:
        images: one picture or a batch.
        top_cropping, bottom_cropping: rows to leave out.
        left_cropping, right_cropping: columns to leave out.
        target_height, target_width: the size afterwards.
        data_format: 'channels_last' or 'channels_first'.

    >>> crop_images(jnp.ones((4, 4, 1)), 1, 0, target_height=2, target_width=3).shape
    (2, 3, 1)
    """
    images = convert_to_tensor(images)
    rows, columns = _axes(images, data_format)
    top, bottom = _two_sides(
        images.shape[rows], top_cropping, bottom_cropping, target_height, "cropping"
    )
    left, right = _two_sides(
        images.shape[columns], left_cropping, right_cropping, target_width, "cropping"
    )
    images = jax.lax.slice_in_dim(images, top, images.shape[rows] - bottom, axis=rows)
    return jax.lax.slice_in_dim(images, left, images.shape[columns] - right, axis=columns)


def _two_sides(
    length: int, before: int | None, after: int | None, target: int | None, what: str
) -> tuple[int, int]:
    """The amounts at both sides of an axis, of which two of three numbers are given."""
    if (before, after, target).count(None) != 1:
        raise ValueError(
            f"{what} needs two of: before (top, left), after (bottom, right), target (height, "
            f"width); got {before}, {after}, {target}."
        )
    if target is not None:
        total = target - length if what == "padding" else length - target
        before, after = (
            total - after if before is None else before,
            total - before if after is None else after,
        )
    if min(before, after) < 0 or (what == "cropping" and before + after > length):
        raise ValueError(
            f"{what} of {before} and {after} does not fit an axis of length {length} "
            f"(target: {target})."
        )
    return before, after


def extract_patches(
    images: ArrayLike,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> jax.Array:
    """What each window sees, in one row, as `keras.ops.image.extract_patches`.

    Args:
        images: one picture or a batch; with a size of three numbers, one volume (depth, height,
            width, channels) or a batch.
        size: the height and width of a window, or its depth, height and width.
        strides: the steps from one window to the next; `size` by default.
        dilation_rate: the distance of neighbours within a window.
        padding: 'valid' or 'same'.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        (batch, rows, columns, height * width * channels) of the windows; without the batch for one
        picture.

    >>> extract_patches(jnp.ones((4, 4, 3)), 2).shape
    (2, 2, 12)
    """
    rank = 2 if isinstance(size, int) else len(size)
    if rank not in (2, 3):
        raise ValueError(f"extract_patches takes a size of 2 or 3 numbers; got {size!r}.")
    images = convert_to_tensor(images)
    if images.ndim not in (rank + 1, rank + 2):
        raise ValueError(
            f"extract_patches with size={size!r} takes an array of rank {rank + 1} or {rank + 2}; "
            f"got the shape {images.shape}."
        )
    is_single = images.ndim == rank + 1
    data_format = config.standardize_data_format(data_format)
    channels = images.shape[-1 if data_format == "channels_last" else -rank - 1]
    window = spatial(size, rank, "size")
    seen = prod(window) * channels
    kernel = jnp.eye(seen, dtype=images.dtype).reshape(*window, channels, seen)
    patches = conv(
        images[None] if is_single else images,
        kernel,
        strides=strides or window,
        padding=padding,
        data_format=data_format,
        dilation_rate=dilation_rate,
    )
    return patches[0] if is_single else patches


def extract_patches_3d(
    volumes: ArrayLike,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> jax.Array:
    """`extract_patches` of volumes, as `keras.ops.image.extract_patches_3d`.

    Args:
        volumes: (depth, height, width, channels), or a batch of them.
        size: the depth, height and width of a window.
        strides: the steps from one window to the next; `size` by default.
        dilation_rate: the distance of neighbours within a window.
        padding: 'valid' or 'same'.
        data_format: 'channels_last' or 'channels_first'.
    """
    size = spatial(size, 3, "size")
    return extract_patches(volumes, size, strides, dilation_rate, padding, data_format)


# Geometry -----------------------------------------------------------------------------------


def affine_transform(
    images: ArrayLike,
    transform: ArrayLike,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> jax.Array:
    """Pictures turned, moved, stretched or sheared, as `keras.ops.image.affine_transform`.

    The pixel of the result at column x and row y is taken from column
    ``(a0 * x + a1 * y + a2) / k`` and row ``(b0 * x + b1 * y + b2) / k``, where
    ``k = c0 * x + c1 * y + 1``.

    Args:
        images: one picture or a batch.
        transform: ``[a0, a1, a2, b0, b1, b2, c0, c1]``, or such a row for each picture.
        interpolation: 'bilinear' or 'nearest'.
        fill_mode: what is beyond the edges: 'constant' (`fill_value`), 'nearest' (the pixel at the
            edge), 'wrap' (the other side), 'reflect' (``c b a | a b c``) or 'mirror'
            (``c b | a b c``).
        fill_value: the value beyond the edges for 'constant'.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures of the same shape and dtype.

    Raises:
        ValueError: an unknown interpolation or fill mode, or a transform of another shape.

    >>> mirror = jnp.array([-1.0, 0, 2, 0, 1, 0, 0, 0])
    >>> affine_transform(jnp.array([1.0, 2, 3]).reshape(1, 3, 1), mirror).ravel().tolist()
    [3.0, 2.0, 1.0]
    """
    transform = convert_to_tensor(transform)
    if transform.ndim not in (1, 2) or transform.shape[-1] != 8:
        raise ValueError(
            "affine_transform takes a transform of 8 numbers, or 8 for each picture; got the "
            f"shape {transform.shape}."
        )
    return _warped(images, transform, interpolation, fill_mode, fill_value, data_format)


def perspective_transform(
    images: ArrayLike,
    start_points: ArrayLike,
    end_points: ArrayLike,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> jax.Array:
    """Pictures seen from another side, as `keras.ops.image.perspective_transform`.

    Args:
        images: one picture or a batch.
        start_points: four points (x, y) of the picture, or four for each picture.
        end_points: where they are in the result.
        interpolation: 'bilinear' or 'nearest'.
        fill_value: the value beyond the edges.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures of the same shape and dtype.
    """
    start, end = (convert_to_tensor(points, "float32") for points in (start_points, end_points))
    if start.shape != end.shape or start.shape[-2:] != (4, 2) or start.ndim not in (2, 3):
        raise ValueError(
            "perspective_transform takes points of shape (4, 2) or (batch, 4, 2); got "
            f"{start.shape} and {end.shape}."
        )
    transform = _projection(start, end)
    return _warped(images, transform, interpolation, "constant", fill_value, data_format)


@jax.jit
def _projection(start: jax.Array, end: jax.Array) -> jax.Array:
    """The transform that takes the pixels at `end` from `start`: two equations for each point."""
    (x, y), zero = (end[..., 0], end[..., 1]), jnp.zeros_like(end[..., 0])
    one = jnp.ones_like(x)
    to_x, to_y = start[..., 0], start[..., 1]
    equations = jnp.concatenate(
        [
            jnp.stack([x, y, one, zero, zero, zero, -to_x * x, -to_x * y], -1),
            jnp.stack([zero, zero, zero, x, y, one, -to_y * x, -to_y * y], -1),
        ],
        axis=-2,
    )
    wanted = jnp.concatenate([to_x, to_y], -1)[..., None]
    return jnp.linalg.solve(equations, wanted)[..., 0]


def map_coordinates(
    inputs: ArrayLike,
    coordinates: ArrayLike,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> jax.Array:
    """The values of an array between its elements, as `keras.ops.image.map_coordinates`.

    Args:
        inputs: an array of any rank.
        coordinates: the places to look at, one array for each axis of `inputs`.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: what is beyond the edges, as in `affine_transform`.
        fill_value: the value there for 'constant'.

    Returns:
        The values, in the shape of one of the coordinates.

    >>> map_coordinates(jnp.array([1.0, 2, 4]), [[0.5, 1.5]], order=1).tolist()
    [1.5, 3.0]
    """
    inputs = convert_to_tensor(inputs)
    if not isinstance(coordinates, (list, tuple)):
        coordinates = convert_to_tensor(coordinates)
    coordinates = [convert_to_tensor(places) for places in coordinates]
    _one_of("fill_mode", fill_mode, _FILL_MODES)
    _one_of("order", order, (0, 1))
    if len(coordinates) != inputs.ndim or coordinates[0].ndim < 1:
        raise ValueError(
            f"map_coordinates takes an array of places for each of the {inputs.ndim} axes of "
            f"inputs; got {len(coordinates)} of shape {coordinates[0].shape}."
        )
    return _sampled(inputs, coordinates, order, fill_mode, fill_value)


def _warped(
    images: ArrayLike,
    transform: jax.Array,
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    data_format: str | None,
) -> jax.Array:
    _one_of("interpolation", interpolation, _SAMPLING)
    _one_of("fill_mode", fill_mode, _FILL_MODES)
    images = convert_to_tensor(images)
    is_last = _axes(images, data_format)[0] == -3
    batch = images if images.ndim == 4 else images[None]
    batch = batch if is_last else jnp.moveaxis(batch, 1, -1)
    order = _SAMPLING.index(interpolation)
    warped = _warped_batch(batch, transform, order, fill_mode, fill_value)
    warped = warped if is_last else jnp.moveaxis(warped, -1, 1)
    return warped if images.ndim == 4 else warped[0]


@partial(jax.jit, static_argnums=(2, 3))
def _warped_batch(
    batch: jax.Array, transform: jax.Array, order: int, fill_mode: str, fill_value: float
) -> jax.Array:
    height, width = batch.shape[1:3]
    x, y = jnp.meshgrid(jnp.arange(width, dtype="float32"), jnp.arange(height, dtype="float32"))

    def warp(picture: jax.Array, transform: jax.Array) -> jax.Array:
        a0, a1, a2, b0, b1, b2, c0, c1 = transform
        k = c0 * x + c1 * y + 1
        places = [(b0 * x + b1 * y + b2) / k, (a0 * x + a1 * y + a2) / k]
        return _sampled(picture, places, order, fill_mode, fill_value)

    return jax.vmap(warp, in_axes=(0, 0 if transform.ndim == 2 else None))(batch, transform)


@partial(jax.jit, static_argnums=(2, 3))
def _sampled(
    array: jax.Array, coordinates: Sequence[jax.Array], order: int, mode: str, fill_value: float
) -> jax.Array:
    """The values of an array at places along its first axes; the axes after them come along."""
    # Along each axis: the elements to look at, and how much each counts.
    nodes = []
    for place in coordinates:
        if order == 0:
            nodes.append([(jax.lax.round(place) if _is_float(place) else place, 1.0)])
        else:
            lower = jnp.floor(place)
            nodes.append([(lower, 1 - (place - lower)), (lower + 1, place - lower)])
    lengths = array.shape[: len(nodes)]
    flat = array.reshape(-1, *array.shape[len(nodes) :])
    rest = (1,) * (flat.ndim - 1)
    result: Any = 0.0
    for corner in product(*nodes):
        index, weight, is_inside = 0, 1.0, True
        for (place, share), length in zip(corner, lengths):
            place = place.astype("int32")
            index = index * length + _within(place, length, mode)
            is_inside = is_inside & (place >= 0) & (place < length)
            weight = weight * share
        # Indices are within bounds by now; saying so spares the check of each.
        value = flat.at[index].get(mode="promise_in_bounds", wrap_negative_indices=False)
        if mode == "constant":
            value = jnp.where(
                is_inside.reshape(*is_inside.shape, *rest),
                value,
                jnp.asarray(fill_value, array.dtype),
            )
        if order == 1:
            value = weight.reshape(*weight.shape, *rest) * value
        result = result + value if order == 1 else value
    return (result if _is_float(array) else jax.lax.round(_as_floats(result))).astype(array.dtype)


def _within(index: jax.Array, length: int, mode: str) -> jax.Array:
    """The element that stands for one beyond the edges."""
    if mode == "wrap":
        return index % length
    if mode == "mirror" and length > 1:
        return _zigzag(index, length)
    if mode == "reflect":
        return (_zigzag(2 * index + 1, 2 * length + 1) - 1) // 2
    return jnp.clip(index, 0, length - 1)


def _zigzag(index: jax.Array, length: int) -> jax.Array:
    """0, 1, ... up to the last element, back to 0, and so on."""
    last = length - 1
    return jnp.abs((index + last) % (2 * last) - last)


def scale_and_translate(
    images: ArrayLike,
    output_shape: Sequence[int],
    scale: ArrayLike,
    translation: ArrayLike,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> jax.Array:
    """Pictures stretched and moved, as `keras.ops.image.scale_and_translate`.

    Args:
        images: an array of any rank.
        output_shape: the shape of the result.
        scale, translation: a factor and a distance in pixels for each of `spatial_dims`.
        spatial_dims: the axes that they are about.
        method: 'linear', 'cubic', 'lanczos3' or 'lanczos5'.
        antialias: whether all pixels count when a picture becomes smaller.
    """
    return jax.image.scale_and_translate(
        convert_to_tensor(images),
        tuple(output_shape),
        tuple(spatial_dims),
        convert_to_tensor(scale, "float32"),
        convert_to_tensor(translation, "float32"),
        method,
        antialias,
    )


def gaussian_blur(
    images: ArrayLike,
    kernel_size: Sequence[int] = (3, 3),
    sigma: Sequence[float] = (1.0, 1.0),
    data_format: str | None = None,
) -> jax.Array:
    """Pictures blurred with a bell-shaped window, as `keras.ops.image.gaussian_blur`.

    Args:
        images: one picture or a batch, of floats; beyond the edges everything is 0.
        kernel_size: the width and height of the window.
        sigma: the standard deviation along the width and the height, in pixels.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures of the same shape and dtype.
    """
    images = convert_to_tensor(images)
    rows, columns = _axes(images, data_format)
    room.check(steps=max(kernel_size))
    sigma = convert_to_tensor(sigma, images.dtype)
    images = _blurred(images, columns, kernel_size[0], sigma[0])
    return _blurred(images, rows, kernel_size[1], sigma[1])


@partial(jax.jit, static_argnums=(1, 2))
def _blurred(images: jax.Array, axis: int, size: int, sigma: jax.Array) -> jax.Array:
    """Pictures blurred along one axis."""
    weights = jnp.exp(-0.5 * ((jnp.arange(size) - (size - 1) / 2) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(images.dtype)
    border = [(0, 0)] * images.ndim
    border[axis] = ((size - 1) // 2, size // 2)
    padded, length = jnp.pad(images, border), images.shape[axis]
    return sum(
        weights[i] * jax.lax.slice_in_dim(padded, i, i + length, axis=axis) for i in range(size)
    )


# Colours ------------------------------------------------------------------------------------


def rgb_to_grayscale(images: ArrayLike, data_format: str | None = None) -> jax.Array:
    """The brightness of each pixel, as `keras.ops.image.rgb_to_grayscale`.

    Args:
        images: one picture or a batch, with 3 channels; those with one are returned as they are.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures with one channel, in the dtype of `images`.
    """
    images = convert_to_tensor(images)
    channels = 0 if _axes(images, data_format)[0] == -2 else 2
    channels += images.ndim - 3
    if images.shape[channels] == 1:
        return images
    if images.shape[channels] != 3:
        raise ValueError(
            f"rgb_to_grayscale takes pictures with 1 or 3 channels; got the shape {images.shape}."
        )
    weights = jnp.array([0.2989, 0.5870, 0.1140], _as_floats(images).dtype)
    gray = jnp.tensordot(_as_floats(images), weights, axes=(channels, 0))
    return jnp.expand_dims(gray, channels).astype(images.dtype)


def rgb_to_hsv(images: ArrayLike, data_format: str | None = None) -> jax.Array:
    """Hue, saturation and value (Smith, 1978) of red, green and blue, each from 0 to 1.

    Args:
        images: one picture or a batch, of floats, with 3 channels.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures of the same shape.

    >>> rgb_to_hsv(jnp.array([[[0.0, 0.5, 0.0]]])).round(3).tolist()
    [[[0.3330000042915344, 1.0, 0.5]]]
    """
    return _hsv(*_colours("rgb_to_hsv", images, data_format))


@partial(jax.jit, static_argnums=1)
def _hsv(images: jax.Array, axis: int) -> jax.Array:
    images = jnp.where(jnp.abs(images) < jnp.finfo(images.dtype).eps, 0.0, images)
    red, green, blue = jnp.moveaxis(images, axis, 0)
    value = images.max(axis)
    spread = value - images.min(axis)
    saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1), 0)
    sixth = 1 / (6 * jnp.where(spread > 0, spread, 1))
    hue = jnp.where(value == green, sixth * (blue - red) + 2 / 6, sixth * (red - green) + 4 / 6)
    hue = jnp.where(value == red, sixth * (green - blue), hue)
    hue = jnp.where(spread > 0, hue, 0) + (hue < 0).astype(hue.dtype)
    return jnp.stack([hue, saturation, value], axis)


def hsv_to_rgb(images: ArrayLike, data_format: str | None = None) -> jax.Array:
    """Red, green and blue of hue, saturation and value, each from 0 to 1.

    Args:
        images: one picture or a batch, of floats, with 3 channels.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        Pictures of the same shape.

    >>> hsv_to_rgb(jnp.array([[[1 / 3, 1.0, 0.5]]])).round(3).tolist()
    [[[0.0, 0.5, 0.0]]]
    """
    return _rgb(*_colours("hsv_to_rgb", images, data_format))


@partial(jax.jit, static_argnums=1)
def _rgb(images: jax.Array, axis: int) -> jax.Array:
    hue, saturation, value = jnp.moveaxis(images, axis, 0)
    turn = (hue % 1) * 6
    shares = (jnp.abs(turn - 3) - 1, 2 - jnp.abs(turn - 2), 2 - jnp.abs(turn - 4))
    return jnp.stack(
        [value * (1 - saturation + saturation * jnp.clip(share, 0, 1)) for share in shares], axis
    )


def _colours(name: str, images: ArrayLike, data_format: str | None) -> tuple[jax.Array, int]:
    images = convert_to_tensor(images)
    axis = images.ndim - 3 if _axes(images, data_format)[0] == -2 else -1
    if not _is_float(images) or images.shape[axis] != 3:
        raise ValueError(
            f"{name} takes pictures of floats with 3 channels; got the shape {images.shape} and "
            f"the dtype {images.dtype}."
        )
    return images, axis


# What they share ----------------------------------------------------------------------------


def _axes(images: jax.Array, data_format: str | None) -> tuple[int, int]:
    """The axes of the height and the width, counted from the end."""
    if images.ndim not in (3, 4):
        raise ValueError(
            "An image has the axes (height, width, channels), a batch of them one more in front; "
            f"got the shape {images.shape}."
        )
    return (-3, -2) if config.standardize_data_format(data_format) == "channels_last" else (-2, -1)


def _one_of(argument: str, value: Any, known: Sequence[Any]) -> None:
    if value not in known:
        raise ValueError(f"{argument} is one of {', '.join(map(repr, known))}; got {value!r}.")


def _is_float(x: jax.Array) -> bool:
    return jnp.issubdtype(x.dtype, jnp.floating)


def _as_floats(x: jax.Array) -> jax.Array:
    return x if _is_float(x) else x.astype(config.floatx())


def _in_dtype(x: jax.Array, dtype: Any) -> jax.Array:
    """A result in the dtype of what went in: whole numbers are rounded and held in their range."""
    if jnp.issubdtype(dtype, jnp.integer):
        x = jnp.clip(jnp.round(x), jnp.iinfo(dtype).min, jnp.iinfo(dtype).max)
    return x.astype(dtype)


for _name in symbolic.FUNCTIONS["image"].split():
    globals()[_name] = symbolic.symbolic_too(globals()[_name], _name)
