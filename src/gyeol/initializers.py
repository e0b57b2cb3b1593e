"""Initializers: what the weights are before training.

They draw on the host with NumPy, so that building a model compiles nothing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from gyeol import config, serialization
from gyeol.activations import resolve
from gyeol.random import SeedGenerator, make_default_seed
from gyeol.serialization import exported, to_snake_case

_MODULE = "keras.initializers"

Seed = int | SeedGenerator | dict[str, Any] | None


def _dtype(dtype: Any) -> np.dtype:
    return np.dtype(jax.dtypes.canonicalize_dtype(dtype or config.floatx()))


@exported(_MODULE)
class Initializer:
    """Base class: override `__call__(shape, dtype)` to make an initializer of one's own."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        """The first value of a weight.

        Args:
            shape: shape of the weight.
            dtype: dtype of the weight, the float type of `gyeol.config` by default.
        """
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype).")

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as JSON."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Initializer":
        """The initializer whose `get_config` this was."""
        return cls(**config)

    def clone(self) -> "Initializer":
        """Another initializer with the same config."""
        return type(self).from_config(self.get_config())


@exported(_MODULE)
class Zeros(Initializer):
    """All zeros.

    >>> Zeros()((2,)).tolist()
    [0.0, 0.0]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return np.zeros(shape, _dtype(dtype))


@exported(_MODULE)
class Ones(Initializer):
    """All ones."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return np.ones(shape, _dtype(dtype))


@exported(_MODULE)
class Constant(Initializer):
    """One value everywhere.

    Args:
        value: a number, or an array that broadcasts to the shape asked for.
    """

    def __init__(self, value: Any = 0.0):
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return np.broadcast_to(np.asarray(self.value, _dtype(dtype)), shape).copy()

    def get_config(self) -> dict[str, Any]:
        return {"value": serialization.serialize(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constant":
        return cls(serialization.deserialize(config["value"]))


@exported(_MODULE, "IdentityInitializer")
@exported(_MODULE)
class Identity(Initializer):
    """The identity matrix, for weights of rank 2.

    Args:
        gain: factor of the matrix.
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        if len(shape) != 2:
            raise ValueError(f"Identity makes matrices; got shape {tuple(shape)}.")
        return (self.gain * np.eye(*shape)).astype(_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        # Keras never writes the gain; another than its default must not be lost.
        return {} if self.gain == 1.0 else {"gain": self.gain}


@exported(_MODULE, "STFTInitializer")
@exported(_MODULE)
class STFT(Initializer):
    """Kernels of a convolution that computes the short-time Fourier transform.

    Shapes are (frame length, 1, bands), the bands being those of half the transform.

    Args:
        side: 'real' or 'imag', the part that the kernels compute.
        window: a name of `scipy.signal.windows`, the window's values, or None for no window.
        scaling: 'density' divides by the window's L2 norm, 'spectrum' by its L1 norm, None by
            nothing.
        periodic: whether a named window is periodic.
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ):
        if side not in ("real", "imag"):
            raise ValueError(f"STFT(side=...) takes 'real' or 'imag'; got {side!r}.")
        if scaling not in ("density", "spectrum", None):
            raise ValueError(
                f"STFT(scaling=...) takes 'density', 'spectrum' or None; got {scaling!r}."
            )
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic
        if isinstance(window, str):
            self._named_window(1)

    def _named_window(self, length: int) -> np.ndarray:
        from scipy.signal import get_window

        try:
            return get_window(self.window, length, self.periodic)
        except ValueError as error:
            raise ValueError(f"STFT(window={self.window!r}): {error}.") from None

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        length, _, bands = shape
        turns = np.arange(length)[:, None, None] * np.arange(bands) / (2 * (bands - 1))
        kernel = (np.cos if self.side == "real" else np.sin)(-2 * np.pi * turns)
        if self.window is not None:
            named = isinstance(self.window, str)
            window = self._named_window(length) if named else np.asarray(self.window)
            if window.shape != (length,):
                raise ValueError(
                    f"STFT's window has shape {window.shape}; the kernels' length is {length}."
                )
            norms = {"density": np.sqrt(np.sum(window**2)), "spectrum": np.abs(window).sum()}
            kernel = kernel * window[:, None, None] / norms.get(self.scaling, 1)
        return kernel.astype(_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "window": serialization.serialize(self.window),
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


class RandomInitializer(Initializer):
    """Base class of those that draw.

    Args:
        seed: an int (or None: one is chosen at construction) gives the same values at each call;
            a `SeedGenerator` gives others each time.
    """

    def __init__(self, seed: Seed = None):
        self._init_seed = seed
        if isinstance(seed, dict):
            seed = serialization.deserialize(seed)
        elif seed is not None and not isinstance(seed, (int, np.integer, SeedGenerator)):
            raise ValueError(f"seed must be an int or a SeedGenerator; got {seed!r}.")
        self.seed = make_default_seed() if seed is None else seed

    def generator(self) -> np.random.Generator:
        """A source of random numbers, at its start for an int seed."""
        seed = self.seed
        if isinstance(seed, SeedGenerator):
            return np.random.default_rng(np.asarray(jax.random.key_data(seed.next())))
        return np.random.default_rng(int(seed) % 2**63)

    def get_config(self) -> dict[str, Any]:
        return {"seed": serialization.serialize(self._init_seed)}


def _normal(
    rng: np.random.Generator, shape: Sequence[int], mean: float, stddev: float, dtype: Any
) -> np.ndarray:
    values = rng.standard_normal(tuple(shape), np.float32) * np.float32(stddev) + np.float32(mean)
    return np.asarray(values, _dtype(dtype))


def _truncated_normal(
    rng: np.random.Generator, shape: Sequence[int], mean: float, stddev: float, dtype: Any
) -> np.ndarray:
    """Normal values, redrawn until none is more than two standard deviations off."""
    values = np.asarray(rng.standard_normal(tuple(shape), np.float32)).ravel()
    outside = np.flatnonzero(np.abs(values) > 2)
    while outside.size:
        drawn = rng.standard_normal(outside.size, np.float32)
        values[outside] = drawn
        outside = outside[np.abs(drawn) > 2]
    values = values.reshape(shape) * np.float32(stddev) + np.float32(mean)
    return np.asarray(values, _dtype(dtype))


def _uniform(
    rng: np.random.Generator, shape: Sequence[int], minval: float, maxval: float, dtype: Any
) -> np.ndarray:
    if _dtype(dtype).kind in "iu":
        return rng.integers(minval, maxval, tuple(shape), _dtype(dtype))
    values = rng.random(tuple(shape), np.float32) * np.float32(maxval - minval)
    return np.asarray(values + np.float32(minval), _dtype(dtype))


@exported(_MODULE)
class RandomNormal(RandomInitializer):
    """Normal values.

    Args:
        mean: mean of the values.
        stddev: standard deviation of the values.
        seed: an int for the same values at each call.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return _normal(self.generator(), shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@exported(_MODULE)
class TruncatedNormal(RandomInitializer):
    """Normal values within two standard deviations of the mean.

    Args:
        mean: mean of the values.
        stddev: standard deviation before the values further off are redrawn.
        seed: an int for the same values at each call.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return _truncated_normal(self.generator(), shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@exported(_MODULE)
class RandomUniform(RandomInitializer):
    """Values spread evenly over an interval.

    Args:
        minval: lower bound, included.
        maxval: upper bound, excluded.
        seed: an int for the same values at each call.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return _uniform(self.generator(), shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


# The standard deviation of a standard normal cut at two standard deviations.
_TRUNCATED_STDDEV = 0.87962566103423978


@exported(_MODULE)
class VarianceScaling(RandomInitializer):
    """Values of variance ``scale / n``, with n the number of units on one side of the weight.

    Args:
        scale: factor of the variance, above 0.
        mode: n is the number of input units for 'fan_in', of output units for 'fan_out', and their
            mean for 'fan_avg'.
        distribution: 'truncated_normal', 'untruncated_normal' or 'uniform'.
        seed: an int for the same values at each call.
        input_axes: axes of the weight that are input units, if not all but the last.
        output_axes: axes of the weight that are output units, if not the last.

    Raises:
        ValueError: an argument that is none of the above.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if scale <= 0:
            raise ValueError(f"scale must be above 0; got {scale}.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"mode must be 'fan_in', 'fan_out' or 'fan_avg'; got {mode!r}.")
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                "distribution must be 'truncated_normal', 'untruncated_normal' or 'uniform'; "
                f"got {distribution!r}."
            )
        super().__init__(seed)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        stddev = math.sqrt(self.scale / max(1.0, fans[self.mode]))
        rng = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3) * stddev
            return _uniform(rng, shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return _normal(rng, shape, 0.0, stddev, dtype)
        return _truncated_normal(rng, shape, 0.0, stddev / _TRUNCATED_STDDEV, dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


def compute_fans(
    shape: Sequence[int],
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> tuple[int, int]:
    """The numbers of input and output units of a weight.

    A convolution's kernel (..., in, out) counts each place of its window.

    >>> compute_fans((3, 3, 8, 16))
    (72, 144)
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[a] for a in input_axes), math.prod(shape[a] for a in output_axes)
    if len(shape) < 2:
        fan = math.prod(shape)
        return fan, fan
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class _Scaled(VarianceScaling):
    """Variance scaling with its first three arguments fixed."""

    fixed: tuple[float, str, str]

    def __init__(
        self,
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(*self.fixed, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        return {
            "seed": serialization.serialize(self._init_seed),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


@exported(_MODULE)
class GlorotUniform(_Scaled):
    """Uniform within ``sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio, 2010).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (1.0, "fan_avg", "uniform")


@exported(_MODULE)
class GlorotNormal(_Scaled):
    """Truncated normal of variance ``2 / (fan_in + fan_out)`` (Glorot and Bengio, 2010).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (1.0, "fan_avg", "truncated_normal")


@exported(_MODULE)
class LecunUniform(_Scaled):
    """Uniform within ``sqrt(3 / fan_in)`` (LeCun et al., 1998).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (1.0, "fan_in", "uniform")


@exported(_MODULE)
class LecunNormal(_Scaled):
    """Truncated normal of variance ``1 / fan_in`` (LeCun et al., 1998).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (1.0, "fan_in", "truncated_normal")


@exported(_MODULE)
class HeUniform(_Scaled):
    """Uniform within ``sqrt(6 / fan_in)`` (He et al., 2015).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (2.0, "fan_in", "uniform")


@exported(_MODULE)
class HeNormal(_Scaled):
    """Truncated normal of variance ``2 / fan_in`` (He et al., 2015).

    Args:
        seed: an int for the same values at each call.
        input_axes, output_axes: see `VarianceScaling`.
    """

    fixed = (2.0, "fan_in", "truncated_normal")


@exported(_MODULE, "OrthogonalInitializer")
@exported(_MODULE)
class Orthogonal(RandomInitializer):
    """A random matrix with orthogonal rows or columns, whichever are fewer (Saxe et al., 2014).

    Weights of higher rank are such a matrix (all axes but the last, last axis).

    Args:
        gain: factor of the matrix.
        seed: an int for the same values at each call.
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal needs at least two axes; got shape {tuple(shape)}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        drawn = self.generator().standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(drawn)
        # Without the signs of r's diagonal, q would not be spread evenly over the rotations.
        q *= np.sign(np.diag(r))
        q = q.T if rows < columns else q
        return (self.gain * q.reshape(shape)).astype(_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}


for _name, _class in serialization.exported_objects(_MODULE).items():
    exported(_MODULE, to_snake_case(_name))(_class)

zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
stft = STFT
random_normal, random_uniform = RandomNormal, RandomUniform
truncated_normal, variance_scaling, orthogonal = TruncatedNormal, VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal
he_uniform, he_normal = HeUniform, HeNormal

_ALIASES = {"normal": RandomNormal, "uniform": RandomUniform, "one": Ones, "zero": Zeros}


def serialize(initializer: Initializer | Callable) -> dict[str, Any]:
    """The JSON form of an initializer."""
    return serialization.serialize(initializer)


def deserialize(
    config: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Initializer | Callable:
    """The initializer that `serialize` wrote, or of that name.

    Args:
        config: a name or a dict.
        custom_objects: initializers of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    return resolve(config, _MODULE, "initializer", custom_objects, _ALIASES)


def get(identifier: Any) -> Initializer | Callable | None:
    """The initializer that is meant; None stays None.

    Args:
        identifier: a name, a config, a class, a function of (shape, dtype), or an array that is the
            value itself.

    Raises:
        ValueError: an unknown name.

    >>> get("he_normal").scale
    2.0
    """
    if isinstance(identifier, (np.ndarray, np.generic, jax.Array)):
        return _given(np.asarray(identifier))
    return None if identifier is None else deserialize(identifier)


def _given(value: np.ndarray) -> Callable:
    def initialize(shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        if tuple(shape) != value.shape:
            raise ValueError(
                f"The initializer is an array of shape {value.shape}; "
                f"the weight has shape {tuple(shape)}."
            )
        return value.astype(_dtype(dtype))

    return initialize
