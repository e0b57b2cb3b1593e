"""Layers that move values and change none."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config, room
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.convolutional import missing_axis_hint, one_of, sizes
from gyeol.layers.core import positive_int
from gyeol.serialization import exported
from gyeol.symbolic import KerasTensor
from gyeol.text import tr


@exported("keras.layers")
class Flatten(Layer):
    """All axes but the batch's made one: (batch, a, b, c) to (batch, a * b * c).

    Args:
        data_format: 'channels_last' or 'channels_first', which is moved last before flattening.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: jax.Array) -> jax.Array:
        if self.data_format == "channels_first" and inputs.ndim > 1:
            inputs = jnp.moveaxis(inputs, 1, -1)
        return inputs.reshape(inputs.shape[0], math.prod(inputs.shape[1:]))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@exported("keras.layers")
class Reshape(Layer):
    """Another shape for each sample.

    Args:
        target_shape: the shape without the batch; one -1 in it is worked out.
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        sizes = (target_shape,) if hasattr(target_shape, "__index__") else target_shape
        if isinstance(sizes, str) or not all(
            hasattr(size, "__index__") and size >= -1 for size in sizes
        ):
            raise ValueError(
                tr(
                    "Reshape(target_shape=...) takes the sizes of a sample, such as (28, 28, 1), "
                    "of which one may be -1; got {given!r}.",
                    given=target_shape,
                )
            )
        self.target_shape = tuple(int(size) for size in sizes)
        self.built = True

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        if None not in inputs.shape[1:]:
            return super().compute_output_spec(inputs)
        # Sizes that are open may or may not make the target: only data will tell.
        sizes = (None if size == -1 else size for size in self.target_shape)
        return KerasTensor((inputs.shape[0], *sizes), inputs.dtype)

    def call(self, inputs: jax.Array) -> jax.Array:
        size = math.prod(inputs.shape[1:])
        known = math.prod(d for d in self.target_shape if d != -1)
        open_sizes = self.target_shape.count(-1)
        if open_sizes > 1 or (size % known if open_sizes and known else size != known):
            raise ValueError(
                self._refusal(
                    inputs.shape,
                    tr(
                        "the {size} values of a sample do not make {target} (the batch is left "
                        "out of it)",
                        size=size,
                        target=self.target_shape,
                    ),
                )
            )
        return inputs.reshape(inputs.shape[0], *self.target_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


@exported("keras.layers")
class Permute(Layer):
    """The axes of each sample in another order.

    Args:
        dims: for each axis of the output, which one of the input it is, counted from 1: the batch
            stays first.

    >>> import numpy as np
    >>> Permute((2, 1))(np.ones((1, 10, 64), "float32")).shape
    (1, 64, 10)
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                tr(
                    "Permute(dims=...) takes each of the axes 1, 2, ... once, such as (2, 1); "
                    "got {dims}.",
                    dims=self.dims,
                )
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: jax.Array) -> jax.Array:
        return inputs.transpose(0, *self.dims)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}


@exported("keras.layers")
class RepeatVector(Layer):
    """Each sample several times over: (batch, features) to (batch, n, features).

    Args:
        n: how many times.

    >>> import numpy as np
    >>> RepeatVector(3)(np.ones((2, 32), "float32")).shape
    (2, 3, 32)
    """

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = positive_int(self, "n", n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: jax.Array) -> jax.Array:
        return jnp.repeat(inputs[:, None], self.n, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}


def _ends(layer: Layer, argument: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """How much is added or cut at the start and the end of each spatial axis.

    Raises:
        ValueError: neither a number, nor one or a pair for each axis; for one axis, no pair.
    """
    values = (value,) if rank == 1 else (value,) * rank if isinstance(value, int) else value
    values = tuple(values) if isinstance(values, Sequence) else ()
    ends = tuple((end, end) if isinstance(end, int) else end for end in values)
    if len(ends) != rank or any(
        not isinstance(pair, Sequence)
        or len(pair) != 2
        or any(not isinstance(n, int) or n < 0 for n in pair)
        for pair in ends
    ):
        raise ValueError(
            tr(
                "{layer}({argument}=...) takes whole numbers of at least 0: {forms}; "
                "got {value!r}.",
                layer=type(layer).__name__,
                argument=argument,
                forms=(
                    "n, (start, end)",
                    "n, (rows, columns), ((top, bottom), (left, right))",
                    "n, (depth, rows, columns), ((front, back), (top, bottom), (left, right))",
                )[rank - 1],
                value=value,
            )
        )
    return tuple(tuple(pair) for pair in ends)


class _ZeroPadding(Layer):
    """Zeros at both ends of the spatial axes."""

    rank: int

    def __init__(
        self, padding: int | Sequence[Any] = 1, data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.padding = _ends(self, "padding", padding, self.rank)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: jax.Array) -> jax.Array:
        none = (0, 0)
        if self.data_format == "channels_first":
            return jnp.pad(inputs, (none, none, *self.padding))
        return jnp.pad(inputs, (none, *self.padding, none))

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(self.rank, shape)

    def get_config(self) -> dict[str, Any]:
        padding = self.padding[0] if self.rank == 1 else self.padding
        return {**super().get_config(), "padding": padding, "data_format": self.data_format}


@exported("keras.layers")
class ZeroPadding1D(_ZeroPadding):
    """Steps of zeros around sequences.

    Args:
        padding: how many: an int for both ends, or (start, end).
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 1


@exported("keras.layers")
class ZeroPadding2D(_ZeroPadding):
    """Zeros around images.

    Args:
        padding: rows and columns of zeros: an int for all sides, (rows, columns), or
            ((top, bottom), (left, right)).
        data_format: 'channels_last' or 'channels_first'.

    >>> import numpy as np
    >>> ZeroPadding2D(((0, 1), (2, 3)))(np.ones((1, 8, 8, 3), "float32")).shape
    (1, 9, 13, 3)
    """

    rank = 2


@exported("keras.layers")
class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes.

    Args:
        padding: an int for all sides, (depth, rows, columns), or a pair of start and end for each
            of the three.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3


class _Cropping(Layer):
    """The spatial axes without their ends."""

    rank: int

    def __init__(self, cropping: int | Sequence[Any], data_format: str | None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.cropping = _ends(self, "cropping", cropping, self.rank)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: jax.Array) -> jax.Array:
        first = 1 if self.data_format == "channels_last" else 2
        index = [slice(None)] * inputs.ndim
        for axis, (start, end) in enumerate(self.cropping, first):
            if start + end >= inputs.shape[axis]:
                raise ValueError(
                    self._refusal(
                        inputs.shape,
                        tr(
                            "cutting {start} and {end} off axis {axis} leaves nothing",
                            start=start,
                            end=end,
                            axis=axis,
                        ),
                    )
                )
            index[axis] = slice(start, inputs.shape[axis] - end)
        return inputs[tuple(index)]

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(self.rank, shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "cropping": self.cropping,
            "data_format": self.data_format,
        }


@exported("keras.layers")
class Cropping1D(_Cropping):
    """Sequences of shape (batch, steps, channels) without their ends.

    Args:
        cropping: how many steps are cut off: an int for both ends, or (start, end).
    """

    rank = 1

    def __init__(self, cropping: int | Sequence[int] = (1, 1), **kwargs: Any):
        super().__init__(cropping, "channels_last", **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["data_format"]
        return {**config, "cropping": self.cropping[0]}


@exported("keras.layers")
class Cropping2D(_Cropping):
    """Images without their edges.

    Args:
        cropping: rows and columns that are cut off: an int for all sides, (rows, columns), or
            ((top, bottom), (left, right)).
        data_format: 'channels_last' or 'channels_first'.

    >>> import numpy as np
    >>> Cropping2D(((2, 2), (4, 4)))(np.ones((1, 28, 28, 3), "float32")).shape
    (1, 24, 20, 3)
    """

    rank = 2

    def __init__(
        self,
        cropping: int | Sequence[Any] = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(cropping, data_format, **kwargs)


@exported("keras.layers")
class Cropping3D(_Cropping):
    """Volumes without their edges.

    Args:
        cropping: an int for all sides, (depth, rows, columns), or a pair of start and end for each
            of the three.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3

    def __init__(
        self,
        cropping: int | Sequence[Any] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(cropping, data_format, **kwargs)


def _repeated(inputs: jax.Array, times: Sequence[int], data_format: str) -> jax.Array:
    """Every place of the spatial axes several times over."""
    for axis, number in enumerate(times, 1 if data_format == "channels_last" else 2):
        inputs = jnp.repeat(inputs, number, axis=axis)
    return inputs


@exported("keras.layers")
class UpSampling1D(Layer):
    """Every step several times over: (batch, steps, channels) to (batch, steps * size, channels).

    Args:
        size: how many times.
    """

    def __init__(self, size: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        self.size = positive_int(self, "size", size)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: jax.Array) -> jax.Array:
        return _repeated(inputs, (self.size,), "channels_last")

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(1, shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


@exported("keras.layers")
class UpSampling2D(Layer):
    """Images made larger by whole factors.

    Args:
        size: the factors of height and width.
        data_format: 'channels_last' or 'channels_first'.
        interpolation: 'nearest' (each pixel repeated), 'bilinear', 'bicubic', 'lanczos3' or
            'lanczos5'.

    >>> import numpy as np
    >>> UpSampling2D((1, 2))(np.arange(2.0).reshape(1, 1, 2, 1)).ravel().tolist()
    [0.0, 0.0, 1.0, 1.0]
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.size = sizes(self, "size", size, 2)
        methods = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
        self.interpolation = one_of(self, "interpolation", interpolation, methods)
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: jax.Array) -> jax.Array:
        if self.interpolation == "nearest":
            return _repeated(inputs, self.size, self.data_format)
        shape = list(inputs.shape)
        for axis, factor in enumerate(self.size, 1 if self.data_format == "channels_last" else 2):
            shape[axis] *= factor
            room.check(16 * inputs.shape[axis] * shape[axis])
        return jax.image.resize(inputs, shape, self.interpolation, antialias=False)

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(2, shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "size": self.size,
            "data_format": self.data_format,
            "interpolation": self.interpolation,
        }


@exported("keras.layers")
class UpSampling3D(Layer):
    """Volumes made larger by whole factors: every place repeated.

    Args:
        size: the factors of depth, height and width.
        data_format: 'channels_last' or 'channels_first'.
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2, 2),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.size = sizes(self, "size", size, 3)
        self.input_spec = InputSpec(ndim=5)

    def call(self, inputs: jax.Array) -> jax.Array:
        return _repeated(inputs, self.size, self.data_format)

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(3, shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
