"""Which dtype a layer keeps its variables in, and which it computes in."""

from collections.abc import Mapping
from typing import Any

from gyeol import config, serialization
from gyeol.serialization import exported

_MODULE = "keras.dtype_policies"
_DTYPES = frozenset(
    ("bool", "string", "bfloat16", "float16", "float32", "float64")
    + tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
)


@exported("keras.mixed_precision", "Policy")
@exported("keras.mixed_precision")
@exported("keras", "FloatDTypePolicy")
@exported(_MODULE, "FloatDTypePolicy")
@exported(_MODULE, "Policy")  # in files of Keras 2
@exported(_MODULE)
@exported("keras")
class DTypePolicy:
    """A pair of dtypes under one name, as `keras.dtype_policies.DTypePolicy`.

    Args:
        name: a float dtype such as 'float32' (variables and computation alike), or 'mixed_bfloat16'
            or 'mixed_float16' (float32 variables, computation in the shorter type); the policy of
            `gyeol.config` by default.

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.variable_dtype, policy.compute_dtype
    ('float32', 'bfloat16')
    """

    def __init__(self, name: str | None = None):
        if name is None:
            name = config.dtype_policy().name
        if not isinstance(name, str):
            raise TypeError(
                f"A dtype policy is made from a name such as 'mixed_bfloat16'; got {name!r}."
            )
        short = name.removeprefix("mixed_")
        if short not in (_DTYPES if name == short else ("bfloat16", "float16")):
            raise ValueError(
                "A dtype policy is a dtype such as 'float32', or 'mixed_bfloat16' or "
                f"'mixed_float16'; got {name!r}."
            )
        self.name = name
        self.compute_dtype = short
        self.variable_dtype = "float32" if name != short else name

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "DTypePolicy":
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


FloatDTypePolicy = DTypePolicy


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """The JSON form of a policy."""
    return serialization.serialize(dtype_policy)


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> DTypePolicy:
    """The policy that `serialize` (or Keras) wrote.

    Raises:
        ValueError: a class that is neither gyeol's nor in `custom_objects`.
    """
    module = config.get("module") or _MODULE
    return serialization.deserialize({**config, "module": module}, custom_objects)


def get(identifier: Any) -> DTypePolicy:
    """The policy for a dtype, a name, a config, a policy, or None (that of `gyeol.config`).

    >>> get("mixed_float16").compute_dtype
    'float16'
    """
    if identifier is None:
        return config.dtype_policy()
    if identifier is float:
        return DTypePolicy(config.floatx())
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    # Classes such as np.float32 have a __name__, dtypes a name.
    name = getattr(identifier, "__name__", None) or getattr(identifier, "name", identifier)
    return DTypePolicy(str(name))
