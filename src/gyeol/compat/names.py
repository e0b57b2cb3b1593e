"""Names that Keras 1 and 2 had beside Keras 3's, a class for each of their modules."""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gyeol import dtype_policies, saving
from gyeol import layers as layers_
from gyeol import losses as losses_
from gyeol import regularizers as regularizers_
from gyeol import utils as utils_
from gyeol.compat.usage import refused, unsupported, usage

KERAS_VERSION = "3.15.0+gyeol"


def _layer(old: str, new: str, **changes: Any) -> Callable[..., Any]:
    """A layer's old name, as a function that makes the layer under its new one."""

    def make(*args: Any, **kwargs: Any) -> Any:
        cls = getattr(layers_, new, None)
        if cls is None:
            raise unsupported(f"layer {new}")
        usage.translated(old, new)
        return cls(*args, **{**kwargs, **changes})

    make.__name__ = old
    return make


def _convolution(old: str, new: str) -> Callable[..., Any]:
    """Keras 1's ``Convolution2D(nb_filter, nb_row, nb_col)``."""

    def make(*args: Any, **kwargs: Any) -> Any:
        sizes = args[1:3]
        if len(sizes) == 2 and all(isinstance(size, int) for size in sizes):
            usage.translated(f"{old}(filters, rows, columns)", f"{new}(filters, (rows, columns))")
            args = (args[0], sizes, *args[3:])
        else:
            usage.translated(old, new)
        return getattr(layers_, new)(*args, **kwargs)

    make.__name__ = old
    return make


_MERGES = {
    "sum": "add",
    "mul": "multiply",
    "concat": "concatenate",
    "ave": "average",
    "max": "maximum",
    "dot": "dot",
    "cos": "dot",
}


def _merge(
    inputs: Sequence[Any],
    mode: str = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    name: str | None = None,
    **_: Any,
) -> Any:
    """Keras 1's ``merge([a, b], mode='concat')``."""
    if mode not in _MERGES:
        raise unsupported(f"merge(mode={mode!r})", "Use a layer such as Add or Concatenate.")
    function = _MERGES[mode]
    usage.translated(f"merge(mode={mode!r})", f"layers.{function}()")
    made_with: dict[str, Any] = {"name": name}
    if mode == "concat":
        made_with["axis"] = concat_axis
    if mode in ("dot", "cos"):
        made_with |= {"axes": dot_axes, "normalize": mode == "cos"}
    return getattr(layers_, function)(list(inputs), **made_with)


class root:
    """Names of `keras` itself."""

    __version__ = KERAS_VERSION


class layers:
    """Names of `keras.layers`."""

    AtrousConvolution1D = _layer("AtrousConvolution1D", "Conv1D")
    AtrousConvolution2D = _convolution("AtrousConvolution2D", "Conv2D")
    Convolution1D = _layer("Convolution1D", "Conv1D")
    Convolution2D = _convolution("Convolution2D", "Conv2D")
    Convolution3D = _layer("Convolution3D", "Conv3D")
    Deconvolution2D = _convolution("Deconvolution2D", "Conv2DTranspose")
    SeparableConvolution2D = _convolution("SeparableConvolution2D", "SeparableConv2D")
    TimeDistributedDense = _layer("TimeDistributedDense", "Dense")
    TimeDistributedMaxPooling2D = refused("TimeDistributedMaxPooling2D", "Use TimeDistributed.")
    CuDNNGRU = _layer("CuDNNGRU", "GRU")
    CuDNNLSTM = _layer("CuDNNLSTM", "LSTM")
    ThresholdedReLU = _layer("ThresholdedReLU", "ReLU")
    SyncBatchNormalization = _layer("SyncBatchNormalization", "BatchNormalization")
    MaxoutDense = refused("MaxoutDense")
    Highway = refused("Highway")
    LocallyConnected1D = refused("LocallyConnected1D")
    LocallyConnected2D = refused("LocallyConnected2D")
    DenseFeatures = refused("DenseFeatures", "Use StringLookup, Discretization and the like.")
    Merge = refused("Merge", "Use a functional model with Add, Concatenate and the like.")
    merge = staticmethod(_merge)


class _Reduction:
    """`tf.keras.losses.Reduction`."""

    AUTO = SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    NONE = "none"
    SUM = "sum"


class losses:
    """Names of `keras.losses`."""

    Reduction = _Reduction
    cosine_proximity = staticmethod(
        lambda y_true, y_pred: losses_.cosine_similarity(y_true, y_pred)
    )


class regularizers:
    """Names of `keras.regularizers`."""

    @staticmethod
    def l1l2(l1: float = 0.01, l2: float = 0.01) -> Any:
        """Keras 1's name of `L1L2`."""
        return regularizers_.L1L2(l1=l1, l2=l2)

    activity_l1 = regularizers_.L1
    activity_l2 = regularizers_.L2
    WeightRegularizer = regularizers_.L1L2


class mixed_precision:
    """Names of `tf.keras.mixed_precision`."""

    @staticmethod
    def set_global_policy(policy: Any) -> None:
        """Set the dtype policy of layers made from now on."""
        if not hasattr(dtype_policies, "set_dtype_policy"):
            raise unsupported("mixed_precision.set_global_policy")
        dtype_policies.set_dtype_policy(policy)

    set_policy = set_global_policy

    @staticmethod
    def global_policy() -> Any:
        """The dtype policy of layers that name none."""
        return dtype_policies.dtype_policy()

    Policy = getattr(dtype_policies, "DTypePolicy", None)


class models:
    """Names of `keras.models`."""

    @staticmethod
    @functools.wraps(saving.load_model)
    def load_model(filepath: Any, *args: Any, **kwargs: Any) -> Any:
        path = os.fspath(filepath)
        kwargs.pop("options", None)
        inner = os.path.join(path, SAVED_MODEL)
        if os.path.isdir(path) and os.path.exists(inner):
            path = inner
        return saving.load_model(path, *args, **kwargs)

    model_from_yaml = staticmethod(refused("model_from_yaml", "Use to_json and model_from_json."))


# The file within the folder that ``model.save('folder')`` makes.
SAVED_MODEL = "saved_model.keras"


class random:
    """Names of `keras.random`."""

    @staticmethod
    def set_seed(seed: int) -> None:
        """Seed gyeol, NumPy and Python."""
        utils_.set_random_seed(seed)


def _to_categorical(x: Any, num_classes: int | None = None, dtype: Any = None, **old: Any) -> Any:
    if "y" in old:
        x = old.pop("y")
    if "nb_classes" in old:
        usage.translated("to_categorical(nb_classes=)", "num_classes=")
        num_classes = old.pop("nb_classes")
    if old:
        raise TypeError(f"to_categorical has no argument {', '.join(map(repr, old))}.")
    result = utils_.to_categorical(x, num_classes)
    return result if dtype is None else np.asarray(result).astype(dtype)


class utils:
    """Names of `keras.utils`."""

    to_categorical = staticmethod(_to_categorical)

    @staticmethod
    def multi_gpu_model(model: Any, gpus: Any = None, **_: Any) -> Any:
        """The model itself: gyeol uses one device."""
        usage.translated("multi_gpu_model(model)", "model")
        return model

    @staticmethod
    def plot(model: Any, to_file: str = "model.png", **kwargs: Any) -> Any:
        """Keras 1's name of `plot_model`."""
        usage.translated("visualize_util.plot", "plot_model")
        return utils_.plot_model(model, to_file=to_file, **kwargs)

    @staticmethod
    def probas_to_classes(y_pred: Any) -> Any:
        """The class of the highest probability of each row."""
        y_pred = np.asarray(y_pred)
        several = y_pred.ndim > 1 and y_pred.shape[1] > 1
        return y_pred.argmax(axis=1) if several else (y_pred.ravel() > 0.5).astype(int)

    @staticmethod
    def disable_interactive_logging() -> None:
        """Nothing: where the output is no terminal, gyeol prints a line an epoch."""

    enable_interactive_logging = disable_interactive_logging
    custom_object_scope = saving.custom_object_scope
