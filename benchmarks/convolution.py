"""Convolution as matrix products beside XLA's own, forward and backward, inside a compiled loop.

Usage: python benchmarks/convolution.py [--batch 32] [--rounds 5]

Printed are the milliseconds of a step (outputs, and the gradients of inputs and kernel), the least
of the rounds, which are taken in turns.
"""

import argparse
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol.ops.conv import conv

# (input, kernel, padding): the layers of the example networks, and one of a residual network.
SHAPES = [
    ((28, 28, 1), (3, 3, 1, 32), "same"),
    ((14, 14, 32), (3, 3, 32, 64), "same"),
    ((32, 32, 3), (3, 3, 3, 32), "valid"),
    ((15, 15, 32), (3, 3, 32, 64), "valid"),
    ((6, 6, 64), (3, 3, 64, 64), "valid"),
    ((32, 32, 16), (3, 3, 16, 16), "same"),
]


def xla(x: jax.Array, kernel: jax.Array, padding: str) -> jax.Array:
    return lax.conv_general_dilated(
        x, kernel, (1, 1), padding.upper(), dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def ours(x: jax.Array, kernel: jax.Array, padding: str) -> jax.Array:
    return conv(x, kernel, padding=padding)


def steps(function, padding):
    """A program of many steps whose number is an argument, as training is."""

    def loss(x, kernel):
        return jnp.square(function(x, kernel, padding)).mean()

    def step(_, state):
        x, kernel = state
        for_x, for_kernel = jax.grad(loss, argnums=(0, 1))(x, kernel)
        return x - 1e-3 * for_x, kernel - 1e-3 * for_kernel

    return jax.jit(lambda x, kernel, n: lax.fori_loop(0, n, step, (x, kernel)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    print(f"{'input':>14} {'kernel':>16} {'padding':>8} {'XLA':>9} {'products':>9}  ms a step")
    for shape, window, padding in SHAPES:
        x = jnp.asarray(rng.normal(size=(options.batch, *shape)), jnp.float32)
        kernel = jnp.asarray(rng.normal(size=window) / 10, jnp.float32)
        least = {}
        programs = {name.__name__: steps(name, padding) for name in (xla, ours)}
        for number in range(options.rounds + 1):
            for name, program in programs.items():
                begun = time.perf_counter()
                jax.block_until_ready(program(x, kernel, 3))
                spent = (time.perf_counter() - begun) / 3e-3
                # The first round compiles.
                least[name] = min(least.get(name, np.inf), spent) if number else np.inf
        print(
            f"{'x'.join(map(str, shape)):>14} {'x'.join(map(str, window)):>16} {padding:>8} "
            f"{least['xla']:9.2f} {least['ours']:9.2f}"
        )


if __name__ == "__main__":
    main()
