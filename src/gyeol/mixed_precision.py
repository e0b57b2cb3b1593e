"""Training in half precision, by the names that `keras.mixed_precision` has for it.

>>> Policy("mixed_bfloat16").compute_dtype, global_policy().compute_dtype
('bfloat16', 'float32')
"""

from gyeol.config import dtype_policy, set_dtype_policy
from gyeol.dtype_policies import DTypePolicy
from gyeol.optimizers import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
