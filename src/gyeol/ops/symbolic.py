"""Functions of `gyeol.ops` on symbolic tensors, and how Keras's files name them.

A function called on a `KerasTensor` becomes a layer of the graph (see `layers/operators.py`). In a
file it has the name of Keras's class for it: "expand_dims" is ``keras.src.ops.numpy.ExpandDims``,
its tensors are the arguments of the call and all else is its config.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from gyeol.symbolic import symbolic_leaves

# By the last part of Keras's module.
FUNCTIONS = {
    "numpy": """
        absolute add all allclose amax amin angle any append arccos arccosh arcsin arcsinh
        arctan arctan2 arctanh argmax argmin argpartition argsort array array_split average
        bincount bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor broadcast_to cbrt ceil clip concatenate conjugate
        copy corrcoef correlate cos cosh count_nonzero cross cumprod cumsum deg2rad diag
        diagflat diagonal diff digitize divide divide_no_nan dot dsplit dstack einsum
        empty_like equal exp exp2 expand_dims expm1 fabs flip fliplr flipud floor
        floor_divide fmax fmin fmod full_like gcd get_item greater greater_equal heaviside
        histogram hsplit hstack hypot i0 imag inner isfinite isin isinf isnan
        isneginf isposinf isreal kron lcm ldexp left_shift less less_equal log log10 log1p
        log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor matmul max
        maximum mean median meshgrid min minimum mod moveaxis multiply nan_to_num nanargmax
        nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod
        nanquantile nanstd nansum nanvar ndim negative nextafter nonzero not_equal ones_like
        outer pad percentile power prod ptp quantile rad2deg ravel real reciprocal repeat
        reshape right_shift roll rot90 round searchsorted sign signbit sin sinc sinh size
        slogdet sort split sqrt square squeeze stack std subtract sum swapaxes take
        take_along_axis tan tanh tensordot tile trace transpose trapezoid tril triu
        true_divide trunc unravel_index vander var vdot view vsplit vstack where
        zeros_like
    """,
    "nn": """
        adaptive_average_pool adaptive_max_pool average_pool batch_normalization
        binary_crossentropy categorical_crossentropy celu conv conv_transpose depth_to_space
        depthwise_conv dot_product_attention elu fold gelu glu hard_shrink hard_sigmoid
        hard_silu hard_tanh layer_normalization leaky_relu log_sigmoid log_softmax max_pool
        moments multi_hot normalize one_hot polar psnr relu relu6 rms_normalization selu
        separable_conv sigmoid silu soft_shrink softmax softplus softsign space_to_depth
        sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus
        tanh_shrink threshold unfold
    """,
    "math": """
        cdist erf erfc erfinv extract_sequences fft fft2 ifft2 in_top_k irfft istft logdet
        logsumexp rfft rsqrt segment_max segment_min segment_prod segment_sum stft top_k
        view_as_complex view_as_real
    """,
    "image": """
        affine_transform crop_images extract_patches gaussian_blur hsv_to_rgb map_coordinates
        pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv
    """,
    "core": """
        cast convert_to_tensor scatter scatter_update slice slice_update stop_gradient unstack
    """,
    "linalg": """
        cholesky cholesky_inverse det eig eigh inv lstsq lu_factor matrix_rank norm pinv qr
        solve solve_triangular svd
    """,
}
# Keras's class where it is not the function's name in camel case.
_CLASS_NAMES = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "fft": "FFT",
    "fft2": "FFT2",
    "hsv_to_rgb": "HSVToRGB",
    "ifft2": "IFFT2",
    "irfft": "IRFFT",
    "isin": "IsIn",
    "istft": "ISTFT",
    "layer_normalization": "LayerNorm",
    "psnr": "PSNR",
    "rfft": "RFFT",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "stft": "STFT",
    "svd": "SVD",
}
# What arguments that take tensors are called, and the functions in which such a name is a setting.
_TENSORS = frozenset(
    (
        "a",
        "abs_",
        "angle",
        "array",
        "b",
        "beta",
        "bias",
        "bins",
        "condition",
        "constant_values",
        "coordinates",
        "data",
        "depthwise_kernel",
        "end_points",
        "fill_value",
        "gamma",
        "images",
        "indices",
        "inputs",
        "kernel",
        "key",
        "mask",
        "mean",
        "offset",
        "operands",
        "output",
        "pointwise_kernel",
        "predictions",
        "q",
        "query",
        "scale",
        "segment_ids",
        "sorted_sequence",
        "start_indices",
        "start_points",
        "target",
        "targets",
        "transform",
        "updates",
        "value",
        "values",
        "variable",
        "variance",
        "weights",
        "x",
        "x1",
        "x2",
        "xs",
        "y",
    )
)
_SETTINGS = {
    "affine_transform": {"fill_value"},
    "bincount": {"weights"},
    "diagonal": {"offset"},
    "histogram": {"bins"},
    "map_coordinates": {"fill_value"},
    "perspective_transform": {"fill_value"},
    "resize": {"fill_value"},
    "squareplus": {"b"},
    "trace": {"offset"},
    "trapezoid": {"x"},
}


def class_name(function: str) -> str:
    """Keras's class for a function.

    >>> class_name("expand_dims"), class_name("svd")
    ('ExpandDims', 'SVD')
    """
    camel_case = "".join(part.capitalize() for part in function.split("_"))
    return _CLASS_NAMES.get(function, camel_case)


def takes_tensor(function: str, argument: str) -> bool:
    """Whether an argument of a function is a tensor of the call, and no setting."""
    return argument in _TENSORS and argument not in _SETTINGS.get(function, ())


def symbolic_too(function: Callable, name: str) -> Callable:
    """The function, which on symbolic tensors makes a layer of the graph."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if symbolic_leaves((args, kwargs)):
            from gyeol.layers.operators import called_on_symbols

            return called_on_symbols(name, inspect.signature(function).bind(*args, **kwargs))
        return function(*args, **kwargs)

    return call
