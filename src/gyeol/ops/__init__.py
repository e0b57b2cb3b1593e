"""Pure functions of arrays, under the names of `keras.ops`."""

from gyeol.ops.conv import conv
from gyeol.ops.math import convert_to_tensor
from gyeol.ops.pool import average_pool, max_pool

__all__ = ["average_pool", "conv", "convert_to_tensor", "max_pool"]
