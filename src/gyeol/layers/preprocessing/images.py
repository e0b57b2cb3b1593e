"""Sizes of pictures, and pictures changed at random in training.

Augmentation is part of the model: it runs inside the compiled program, each picture of a batch is
changed in a way of its own, and outside of training nothing is changed.
"""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config, random
from gyeol.layers.base import Layer
from gyeol.layers.core import positive_int
from gyeol.ops import image
from gyeol.serialization import exported
from gyeol.text import tr


class _ImageLayer(Layer):
    """A layer of pictures: (height, width, channels), or a batch of them, or a dict with 'images'.

    A layer says in `_changed` what becomes of a batch.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        is_last = self.data_format == "channels_last"
        self._rows, self._columns, self._channels = (-3, -2, -1) if is_last else (-2, -1, -3)

    def call(self, data: Any, training: bool = True) -> Any:
        if not isinstance(data, Mapping):
            return self._of_one_or_many(data, training)
        unknown = sorted(set(data) - {"images", "labels"})
        if "images" not in data or unknown:
            raise NotImplementedError(
                tr(
                    "Layer {name!r} ({layer}) takes pictures, or a dict of 'images' and 'labels'; "
                    "got a dict of {keys}. Boxes and masks are not changed along.",
                    name=self.name,
                    layer=type(self).__name__,
                    keys=", ".join(map(repr, data)),
                )
            )
        return {**data, "images": self._of_one_or_many(data["images"], training)}

    def _of_one_or_many(self, images: jax.Array, training: bool) -> jax.Array:
        if images.ndim not in (3, 4):
            problem = tr("it expects (height, width, channels), or a batch of that")
            raise ValueError(self._refusal(tuple(images.shape), problem))
        if images.ndim == 3:
            return self._changed(images[None], training)[0]
        return self._changed(images, training)

    def _changed(self, images: jax.Array, training: bool) -> jax.Array:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@exported("keras.layers")
class Resizing(_ImageLayer):
    """Pictures brought to one size.

    Args:
        height, width: the new size, in pixels.
        interpolation: 'bilinear', 'nearest', 'bicubic', 'lanczos3' or 'lanczos5'.
        crop_to_aspect_ratio: whether the largest part in the middle that has the new proportions is
            cut out first.
        pad_to_aspect_ratio: whether borders give the picture the new proportions first.
        fill_mode: must be 'constant'.
        fill_value: the value of those borders.
        antialias: whether all pixels count when a picture becomes smaller.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    >>> Resizing(2, 3)(jnp.ones((1, 4, 4, 3))).shape
    (1, 2, 3, 3)
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.height = positive_int(self, "height", height)
        self.width = positive_int(self, "width", width)
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias = bool(antialias)

    def _changed(self, images: jax.Array, training: bool) -> jax.Array:
        return image.resize(
            images,
            (self.height, self.width),
            self.interpolation,
            self.antialias,
            self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


class _CropLayer(_ImageLayer):
    """A layer that cuts a part of one size out of pictures.

    Args:
        height, width: the size of the part.
        data_format: 'channels_last' or 'channels_first'.
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.height = positive_int(self, "height", height)
        self.width = positive_int(self, "width", width)

    def _room(self, images: jax.Array) -> tuple[int, int]:
        """How many rows and columns the pictures have beyond what is wanted."""
        return images.shape[self._rows] - self.height, images.shape[self._columns] - self.width

    def _cut(self, images: jax.Array, top: Any, left: Any) -> jax.Array:
        images = jax.lax.dynamic_slice_in_dim(images, top, self.height, axis=self._rows)
        return jax.lax.dynamic_slice_in_dim(images, left, self.width, axis=self._columns)

    def _largest_part(self, images: jax.Array) -> jax.Array:
        """The largest part in the middle that has the proportions, in the size wanted."""
        return image.resize(
            images,
            (self.height, self.width),
            crop_to_aspect_ratio=True,
            data_format=self.data_format,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}


@exported("keras.layers")
class CenterCrop(_CropLayer):
    """The middle of pictures.

    Of a picture that is too small the largest part with the proportions is taken, and resized.

    Args:
        height, width: the size of the part, in pixels.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    >>> CenterCrop(1, 2)(jnp.arange(12.0).reshape(1, 3, 4, 1)).ravel().tolist()
    [5.0, 6.0]
    """

    def _changed(self, images: jax.Array, training: bool) -> jax.Array:
        images = images.astype(self.compute_dtype)
        rows, columns = self._room(images)
        if rows < 0 or columns < 0:
            return self._largest_part(images)
        return self._cut(images, rows // 2, columns // 2)


# Augmentation -------------------------------------------------------------------------------


class _Augmentation(_ImageLayer):
    """A layer that changes pictures at random in training.

    A layer draws numbers in `_drawn` and applies them in `_transformed`, which is a function of the
    pictures and those numbers.

    Args:
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'.
    """

    def __init__(self, seed: int | None = None, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.seed = seed
        self._seeds = None if seed is None else random.SeedGenerator(seed)

    def _changed(self, images: jax.Array, training: bool) -> jax.Array:
        images = images.astype(self.compute_dtype)
        if not training:
            return images
        drawn = self._drawn(images.shape)
        return self._transformed(images, drawn).astype(self.compute_dtype)

    def _drawn(self, shape: Sequence[int]) -> Any:
        raise NotImplementedError

    def _transformed(self, images: jax.Array, drawn: Any) -> jax.Array:
        raise NotImplementedError

    def _uniform(self, count: int, bounds: tuple[float, float]) -> jax.Array:
        """A number for each picture."""
        return jax.random.uniform(
            random.next_key(self._seeds), (count,), minval=bounds[0], maxval=bounds[1]
        )

    def _bounds(
        self, argument: str, factor: Any, lowest: float, highest: float
    ) -> tuple[float, float]:
        """The range of a factor: two numbers, or one for both sides of 0 as far as they go."""
        pair: Any = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        known = all(isinstance(n, Real) and not isinstance(n, bool) for n in pair)
        if known and pair is not factor:
            pair = (max(-abs(factor), lowest), abs(factor))
        if not known or len(pair) != 2 or not all(lowest <= n <= highest for n in pair):
            raise ValueError(
                tr(
                    "{layer}({argument}=...) takes a number, or two, from {lowest} to {highest}; "
                    "got {factor!r}.",
                    layer=type(self).__name__,
                    argument=argument,
                    lowest=lowest,
                    highest=highest,
                    factor=factor,
                )
            )
        return min(pair), max(pair)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}


@exported("keras.layers")
class RandomFlip(_Augmentation):
    """Pictures mirrored, each with probability 1/2.

    Args:
        mode: 'horizontal' (left and right change places), 'vertical', or 'horizontal_and_vertical',
            each of the two independently.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        if mode not in ("horizontal", "vertical", "horizontal_and_vertical"):
            raise ValueError(
                "RandomFlip(mode=...) is 'horizontal', 'vertical' or 'horizontal_and_vertical'; "
                f"got {mode!r}."
            )
        self.mode = mode

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        key = random.next_key(self._seeds)
        return jax.random.bernoulli(key, 0.5, (2, shape[0], 1, 1, 1))

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        if "horizontal" in self.mode:
            images = jnp.where(drawn[0], jnp.flip(images, self._columns), images)
        if "vertical" in self.mode:
            images = jnp.where(drawn[1], jnp.flip(images, self._rows), images)
        return images

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mode": self.mode}


class _Warp(_Augmentation):
    """A layer that moves the pixels of pictures, as the matrix of each picture says.

    Args:
        fill_mode: what is beyond the edges: 'reflect', 'wrap', 'constant' or 'nearest'.
        interpolation: 'bilinear' or 'nearest'.
        fill_value: the value beyond the edges for 'constant'.
    """

    def __init__(self, fill_mode: str, interpolation: str, fill_value: float, **kwargs: Any):
        super().__init__(**kwargs)
        for argument, value, known in (
            ("fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest")),
            ("interpolation", interpolation, ("nearest", "bilinear")),
        ):
            if value not in known:
                raise ValueError(
                    f"{type(self).__name__}({argument}=...) is one of "
                    f"{', '.join(map(repr, known))}; got {value!r}."
                )
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def _transformed(self, images: jax.Array, drawn: Any) -> jax.Array:
        height, width = images.shape[self._rows], images.shape[self._columns]
        return image.affine_transform(
            images,
            self._matrices(drawn, height, width),
            self.interpolation,
            self.fill_mode,
            self.fill_value,
            self.data_format,
        )

    def _matrices(self, drawn: Any, height: int, width: int) -> jax.Array:
        """The rows `a0, a1, a2, b0, b1, b2, 0, 0` of `affine_transform`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "fill_mode": self.fill_mode,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }


def _matrix(*numbers: Any) -> jax.Array:
    """`a0, a1, a2, b0, b1, b2` of each picture, some of them one number for all, as rows."""
    rows = jnp.broadcast_arrays(*map(jnp.asarray, (*numbers, 0.0, 0.0)))
    return jnp.stack([row.astype("float32") for row in rows], -1)


@exported("keras.layers")
class RandomRotation(_Warp):
    """Pictures turned about their middle.

    Args:
        factor: the angle as a part of a full turn: two bounds, or one number f for (-f, f). 0.1 is
            up to 36 degrees either way.
        fill_mode: what is beyond the edges: 'reflect' (``c b a | a b c``), 'wrap' (the other side),
            'nearest' (the pixel at the edge) or 'constant' (`fill_value`).
        interpolation: 'bilinear' or 'nearest'.
        seed: a seed of its own.
        fill_value: the value beyond the edges for 'constant'.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            fill_mode, interpolation, fill_value, seed=seed, data_format=data_format, **kwargs
        )
        self.factor = self._bounds("factor", factor, -1, 1)

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        return 2 * math.pi * self._uniform(shape[0], self.factor)

    def _matrices(self, drawn: jax.Array, height: int, width: int) -> jax.Array:
        x, y = (width - 1) / 2, (height - 1) / 2
        cos, sin = jnp.cos(drawn), jnp.sin(drawn)
        return _matrix(cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


@exported("keras.layers")
class RandomZoom(_Warp):
    """Pictures seen from nearer or farther.

    Args:
        height_factor: how much more of the height is seen: two bounds, or one number f for (-f, f).
            (0.2, 0.3) zooms out by 20 to 30 %, (-0.3, -0.2) zooms in.
        width_factor: the same for the width; by default that of the height, drawn once for both.
        fill_mode: what is beyond the edges: 'reflect', 'wrap', 'nearest' or 'constant'.
        interpolation: 'bilinear' or 'nearest'.
        seed: a seed of its own.
        fill_value: the value beyond the edges for 'constant'.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            fill_mode, interpolation, fill_value, seed=seed, data_format=data_format, **kwargs
        )
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._heights = self._bounds("height_factor", height_factor, -1, 1)
        self._widths = (
            None if width_factor is None else self._bounds("width_factor", width_factor, -1, 1)
        )

    def _drawn(self, shape: Sequence[int]) -> tuple[jax.Array, jax.Array]:
        tall = 1 + self._uniform(shape[0], self._heights)
        return tall, tall if self._widths is None else 1 + self._uniform(shape[0], self._widths)

    def _matrices(self, drawn: tuple[jax.Array, jax.Array], height: int, width: int) -> jax.Array:
        tall, wide = drawn
        x, y = (width - 1) / 2 * (1 - wide), (height - 1) / 2 * (1 - tall)
        return _matrix(wide, 0.0, x, 0.0, tall, y)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height_factor": self.height_factor,
            "width_factor": self.width_factor,
        }


@exported("keras.layers")
class RandomTranslation(_Warp):
    """Pictures moved.

    Args:
        height_factor: how far down, as a part of the height: two bounds, or one number f for
            (-f, f).
        width_factor: how far to the right, as a part of the width.
        fill_mode: what is beyond the edges: 'reflect', 'wrap', 'nearest' or 'constant'.
        interpolation: 'bilinear' or 'nearest'.
        seed: a seed of its own.
        fill_value: the value beyond the edges for 'constant'.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            fill_mode, interpolation, fill_value, seed=seed, data_format=data_format, **kwargs
        )
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._heights = self._bounds("height_factor", height_factor, -1, 1)
        self._widths = self._bounds("width_factor", width_factor, -1, 1)

    def _drawn(self, shape: Sequence[int]) -> tuple[jax.Array, jax.Array]:
        down = self._uniform(shape[0], self._heights) * shape[self._rows]
        return down, self._uniform(shape[0], self._widths) * shape[self._columns]

    def _matrices(self, drawn: tuple[jax.Array, jax.Array], height: int, width: int) -> jax.Array:
        down, right = drawn
        return _matrix(1.0, 0.0, -right, 0.0, 1.0, -down)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height_factor": self.height_factor,
            "width_factor": self.width_factor,
        }


@exported("keras.layers")
class RandomCrop(_CropLayer, _Augmentation):
    """A part of pictures at a random place, the same for the whole batch.

    Outside of training, and of pictures that are too small, it is the largest part in the middle
    that has the proportions, resized.

    Args:
        height, width: the size of the part, in pixels.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        name: a name.
    """

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(height, width, data_format, seed=seed, name=name, **kwargs)

    def _changed(self, images: jax.Array, training: bool) -> jax.Array:
        images = images.astype(self.compute_dtype)
        room = self._room(images)
        if not training or min(room) < 0:
            return self._largest_part(images)
        key = random.next_key(self._seeds)
        top, left = jax.random.randint(key, (2,), 0, jnp.array(room) + 1)
        return self._cut(images, top, left)


@exported("keras.layers")
class RandomContrast(_Augmentation):
    """``(x - mean) * factor + mean`` with the mean of each channel of each picture.

    Args:
        factor: lower and upper, for factors from 1 - lower to 1 + upper; one number for both.
        value_range: the lowest and the highest value of a pixel; results are held between them.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self._bounds("factor", factor, 0, 1)
        pair = isinstance(factor, (tuple, list))
        self.factor = tuple(factor) if pair else (factor, factor)
        self.value_range = value_range

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        lower, upper = self.factor
        return self._uniform(shape[0], (1 - lower, 1 + upper))

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        mean = images.mean((self._rows, self._columns), keepdims=True)
        changed = (images - mean) * _each(drawn, images) + mean
        return jnp.clip(changed, *self.value_range)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


@exported("keras.layers")
class RandomBrightness(_Augmentation):
    """Pictures made brighter or darker by one amount for all pixels.

    Args:
        factor: the amount as a part of the value range: two bounds, or one number f for (-f, f).
        value_range: the lowest and the highest value of a pixel; results are held between them.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self.factor = self._bounds("factor", factor, -1, 1)
        self.value_range = sorted(value_range)

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        lowest, highest = self.value_range
        return self._uniform(shape[0], self.factor) * (highest - lowest)

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        return jnp.clip(images + _each(drawn, images), *self.value_range)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


@exported("keras.layers")
class RandomErasing(_Augmentation):
    """Rectangles of pictures covered (Zhong et al., 2020).

    Args:
        factor: the probability that a picture is covered: bounds between which it is drawn for each
            picture, or one number f for (0, f).
        scale: the smallest and the largest part of a picture that is covered, from 0 to 1; the
            square roots of two such numbers are the sides of a rectangle.
        fill_value: a number, or one for each of three channels, to cover with; noise by default.
        value_range: the lowest and the highest value of a pixel; what covers is held between them.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float | Sequence[float] = (0.02, 0.33),
        fill_value: float | Sequence[float] | None = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = self._bounds("factor", factor, 0, 1)
        self.scale = self._bounds("scale", scale, 0, 1)
        self.fill_value = fill_value
        self.value_range = value_range

    def _drawn(self, shape: Sequence[int]) -> tuple[jax.Array, jax.Array]:
        """Which pixels are covered, and what with."""
        is_covered = self._uniform(shape[0], (0, 1)) < self._uniform(shape[0], self.factor)
        mask = is_covered[:, None, None]
        for axis, length in ((-2, shape[self._rows]), (-1, shape[self._columns])):
            side = jnp.sqrt(self._uniform(shape[0], self.scale)) * length
            start = self._uniform(shape[0], (0, 1)) * (length - side)
            place = jnp.expand_dims(jnp.arange(length), 0 if axis == -1 else 1)
            start, end = start[:, None, None], (start + side)[:, None, None]
            mask = mask & (place >= start) & (place < end)
        if self.fill_value is None:
            noise = jax.random.normal(random.next_key(self._seeds), shape)
            fill = noise * self.value_range[1]
        else:
            fill = jnp.asarray(self.fill_value, "float32")
            if fill.ndim and self._channels == -3:
                fill = fill[:, None, None]
        return jnp.expand_dims(mask, self._channels), jnp.clip(fill, *self.value_range)

    def _transformed(self, images: jax.Array, drawn: tuple[jax.Array, jax.Array]) -> jax.Array:
        mask, fill = drawn
        return jnp.where(mask, fill.astype(images.dtype), images)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
        }


@exported("keras.layers")
class RandomInvert(_Augmentation):
    """Pictures whose values are counted from the highest down.

    Args:
        factor: the probability that a picture is inverted: bounds between which it is drawn for
            each picture, or one number f for (0, f).
        value_range: the lowest and the highest value of a pixel.
        seed: a seed of its own.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = self._bounds("factor", factor, 0, 1)
        self.value_range = value_range

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        return self._uniform(shape[0], (0, 1)) < self._uniform(shape[0], self.factor)

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        return jnp.where(drawn[:, None, None, None], self.value_range[1] - images, images)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


@exported("keras.layers")
class RandomGrayscale(_Augmentation):
    """Pictures without their colours.

    Args:
        factor: the probability, from 0 to 1.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        seed: a seed of its own.
    """

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self._bounds("factor", factor, 0, 1)
        self.factor = factor

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        return self._uniform(shape[0], (0, 1)) < self.factor

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        gray = image.rgb_to_grayscale(images, self.data_format)
        return jnp.where(drawn[:, None, None, None], gray, images)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "factor": self.factor}
        del config["seed"]  # Keras leaves it out
        return config


@exported("keras.layers")
class RandomHue(_Augmentation):
    """Pictures whose colours are turned around the circle of hues.

    Args:
        factor: how far: 1 is half a turn either way; two bounds, or one number f for (0, f).
        value_range: the lowest and the highest value of a pixel.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        seed: a seed of its own.
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = self._bounds("factor", factor, 0, 1)
        self.value_range = value_range

    def _drawn(self, shape: Sequence[int]) -> jax.Array:
        """Parts of a turn."""
        is_back = self._uniform(shape[0], (0, 1)) > 0.5
        return jnp.where(is_back, -0.5, 0.5) * self._uniform(shape[0], self.factor)

    def _transformed(self, images: jax.Array, drawn: jax.Array) -> jax.Array:
        lowest, highest = self.value_range
        hsv = image.rgb_to_hsv((images - lowest) / (highest - lowest), self.data_format)
        hue, *rest = jnp.split(hsv, 3, self._channels)
        turned = jnp.concatenate([hue + _each(drawn, images), *rest], self._channels)
        rgb = image.hsv_to_rgb(turned, self.data_format)
        return jnp.clip(rgb, 0, 1) * (highest - lowest) + lowest

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


def _each(numbers: jax.Array, images: jax.Array) -> jax.Array:
    """A number for each picture, in a shape that goes with the pictures."""
    return numbers.astype(images.dtype)[:, None, None, None]
