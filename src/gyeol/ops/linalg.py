"""Linear algebra, under the names and with the arguments of `keras.ops.linalg`.

Matrices are the last two axes; the axes before them are batches.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol.ops.table import convert_to_tensor, function, unboxed

det = function(jnp.linalg.det, "x", "The determinant.")
inv = function(jnp.linalg.inv, "x", "The inverse.")
eig = function(jnp.linalg.eig, "x", "Eigenvalues and eigenvectors, complex; on a CPU only.")
eigh = function(jnp.linalg.eigh, "x", "Eigenvalues and eigenvectors of symmetric matrices.")
slogdet = function(jnp.linalg.slogdet, "x", "The determinant's sign, and its logarithm.")
solve = function(jnp.linalg.solve, "a, b", "The x for which a x = b.")
svd = function(
    jnp.linalg.svd,
    "x",
    "u, s and v^T with x = u diag(s) v^T.",
    full_matrices=True,
    compute_uv=True,
)
norm = function(
    jnp.linalg.norm,
    "x",
    "The norm of vectors or matrices along axes.",
    ord=None,
    axis=None,
    keepdims=False,
)
solve_triangular = function(
    jax.scipy.linalg.solve_triangular, "a, b", "The x for which a x = b, a triangular.", lower=False
)
trace = function(jnp.trace, "x", "The sum along a diagonal.", offset=0, axis1=0, axis2=1)


def logdet(x: ArrayLike) -> jax.Array:
    """The logarithm of the determinant's absolute value."""
    return jnp.linalg.slogdet(convert_to_tensor(x))[1]


def cholesky(x: ArrayLike, upper: bool = False) -> jax.Array:
    """The triangular L with L L^T = x.

    Args:
        x: (..., n, n), symmetric and positive definite.
        upper: whether to return L^T.

    Raises:
        ValueError: outside of a compiled program, a matrix that is not positive definite.
    """
    factor = jnp.linalg.cholesky(convert_to_tensor(x), upper=upper)
    if not isinstance(factor, jax.core.Tracer) and bool(jnp.isnan(factor).any()):
        raise ValueError("cholesky: the matrix is not positive definite.")
    return factor


def cholesky_inverse(x: ArrayLike, upper: bool = False) -> jax.Array:
    """The inverse of L L^T.

    Args:
        x: (n, n), the triangular L; with `upper`, L^T.
        upper: which of the two it is.
    """
    x = convert_to_tensor(x)
    return jax.scipy.linalg.cho_solve((x, not upper), jnp.eye(x.shape[-1], dtype=x.dtype))


def lu_factor(x: ArrayLike) -> tuple[jax.Array, jax.Array]:
    """L and U in one matrix, and the row that each row was exchanged with."""
    return jax.scipy.linalg.lu_factor(convert_to_tensor(x))


def qr(x: ArrayLike, mode: str = "reduced") -> tuple[jax.Array, jax.Array]:
    """Q and R with x = Q R, Q orthogonal and R upper triangular.

    Args:
        x: (..., m, n).
        mode: 'reduced' for min(m, n) columns of Q, 'complete' for m.

    Raises:
        ValueError: another mode.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode is 'reduced' or 'complete'; got {mode!r}.")
    return tuple(jnp.linalg.qr(convert_to_tensor(x), mode=mode))


def lstsq(a: ArrayLike, b: ArrayLike, rcond: float | None = None) -> jax.Array:
    """The x for which |a x - b| is least.

    Args:
        a: (m, n).
        b: (m,) or (m, k).
        rcond: singular values smaller than this share of the largest count as 0.
    """
    return jnp.linalg.lstsq(convert_to_tensor(a), convert_to_tensor(b), rcond)[0]


def pinv(x: ArrayLike, rcond: float | None = None) -> jax.Array:
    """The pseudo-inverse.

    Args:
        x: (..., m, n).
        rcond: singular values smaller than this share of the largest count as 0.
    """
    return jnp.linalg.pinv(convert_to_tensor(x), rtol=rcond)


def matrix_rank(x: ArrayLike, tol: float | None = None) -> jax.Array:
    """How many singular values are not 0.

    Args:
        x: (..., m, n).
        tol: singular values up to this size count as 0; by default, rounding of the largest.
    """
    x = convert_to_tensor(x)
    if tol is None:
        return jnp.linalg.matrix_rank(x).astype("int32")
    values = jnp.linalg.svd(x, compute_uv=False)
    return jnp.sum(values > jnp.asarray(tol)[..., None], axis=-1, dtype="int32")


def jvp(
    fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False
) -> tuple[Any, ...]:
    """A function's value, and its derivative along a direction.

    Args:
        fun: the function.
        primals: its arguments, a list or tuple.
        tangents: the direction, of the same structure and shapes.
        has_aux: whether it returns a pair of which only the first is derived.

    >>> [float(part) for part in jvp(lambda x: x * x, (3.0,), (1.0,))]
    [9.0, 6.0]
    """
    return jax.jvp(fun, *(jax.tree.map(unboxed, part) for part in (primals, tangents)), has_aux)
