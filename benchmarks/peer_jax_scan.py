"""No library at all: a training written by hand in JAX, whose steps are one `lax.scan`.

It is the floor of what can be had from the compiler alone. On a CPU a convolution is a sum of
shifted matrix products, since XLA's own is many times slower within a loop.
"""

import platform
from importlib.metadata import version
from typing import Any

import numpy as np

jax: Any = None
jnp: Any = None
lax: Any = None
on_cpu = True


def load(options: dict) -> None:
    """Import the library."""
    global jax, jnp, lax, on_cpu
    import jax
    from jax import lax
    from jax import numpy as jnp

    on_cpu = options["device"] == "cpu"


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), "jax": version("jax")}


def _conv(x: Any, kernel: Any, stride: int, same: bool) -> Any:
    if not on_cpu:
        return lax.conv_general_dilated(
            x,
            kernel,
            (stride, stride),
            "SAME" if same else "VALID",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
    window, channels = kernel.shape[0], x.shape[3]
    height, width = (-(-n // stride) if same else n - window + 1 for n in x.shape[1:3])
    if same:
        pads = [max((n - 1) * stride + window - m, 0) for n, m in zip((height, width), x.shape[1:])]
        x = jnp.pad(x, ((0, 0), *((pad // 2, pad - pad // 2) for pad in pads), (0, 0)))
    views = [
        x[:, i : i + (height - 1) * stride + 1 : stride, j : j + (width - 1) * stride + 1 : stride]
        for i in range(window)
        for j in range(window)
    ]
    if channels <= 4:  # too few for products of their own
        return jnp.concatenate(views, axis=-1) @ kernel.reshape(-1, kernel.shape[3])
    return sum(view @ tap for view, tap in zip(views, kernel.reshape(-1, *kernel.shape[2:])))


class _Weights:
    """Weights by number: made in the first walk through the layers, then handed out in order."""

    def __init__(self, values: list | None = None) -> None:
        self.values = values
        self.made: list = []
        self.rng = np.random.default_rng(0)

    def take(self, shape: tuple[int, ...], fill: float | None = None) -> Any:
        if self.values is not None:
            self.made.append(None)
            return self.values[len(self.made) - 1]
        if fill is not None:
            value = np.full(shape, fill, "float32")
        else:
            fan = np.prod(shape[:-1]) + shape[-1] * np.prod(shape[:-2])
            value = self.rng.uniform(-1, 1, shape).astype("float32") * np.float32((6 / fan) ** 0.5)
        self.made.append(jnp.asarray(value))
        return self.made[-1]


def _apply(network: Any, weights: _Weights, moving: _Weights, x: Any, key: Any) -> tuple[Any, list]:
    """The logits, and the moving averages as they are afterwards; a key means training."""
    after: list = []

    def activated(x, activation):
        return jnp.maximum(x, 0) if activation == "relu" else x

    def conv(x, filters, window=3, stride=1, same=True):
        kernel = weights.take((window, window, x.shape[3], filters))
        return _conv(x, kernel, stride, same) + weights.take((filters,), 0.0)

    def normalized(x):
        scale, shift = (weights.take(x.shape[3:], fill) for fill in (1.0, 0.0))
        averages = [moving.take(x.shape[3:], fill) for fill in (0.0, 1.0)]
        mean, variance = averages
        if key is not None:
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
            after.extend(0.99 * a + 0.01 * b for a, b in zip(averages, (mean, variance)))
        return (x - mean) * (lax.rsqrt(variance + 1e-3) * scale) + shift

    for kind, *about in network.layers:
        if kind == "flatten":
            x = x.reshape(len(x), -1)
        elif kind == "dense":
            x = x @ weights.take((x.shape[1], about[0])) + weights.take((about[0],), 0.0)
            x = activated(x, about[1])
        elif kind == "dropout" and key is not None:
            key = jax.random.fold_in(key, 1)
            kept = jax.random.bernoulli(key, 1 - about[0], x.shape)
            x = jnp.where(kept, x / (1 - about[0]), 0)
        elif kind == "conv":
            x = activated(conv(x, about[0], same=about[2] == "same"), about[1])
        elif kind == "pool":
            n, height, width, channels = x.shape
            x = x[:, : height // 2 * 2, : width // 2 * 2]
            x = x.reshape(n, height // 2, 2, width // 2, 2, channels).max((2, 4))
        elif kind == "residual":
            filters, stride = about
            inner = normalized(conv(x, filters, stride=stride))
            inner = normalized(conv(jnp.maximum(inner, 0), filters))
            if stride != 1 or x.shape[3] != filters:
                x = conv(x, filters, window=1, stride=stride)
            x = jnp.maximum(inner + x, 0)
        elif kind == "average":
            x = x.mean((1, 2))
    return x, after


def _loss(network: Any, logits: Any, y: Any) -> tuple[Any, Any]:
    if network.is_binary:
        logits = logits[:, 0]
        loss = jnp.maximum(logits, 0) - logits * y + jnp.log1p(jnp.exp(-jnp.abs(logits)))
        return loss.mean(), ((logits > 0) == (y > 0.5)).sum()
    labels = y.argmax(1) if y.ndim == 2 else y
    log = jax.nn.log_softmax(logits)
    loss = -jnp.take_along_axis(log, labels[:, None].astype("int32"), 1).mean()
    return loss, (logits.argmax(1) == labels).sum()


class _Model:
    def __init__(self, network: Any, settings: dict) -> None:
        self.network = network
        made, moving = _Weights(), _Weights()
        _apply(network, made, moving, jnp.zeros((1, *network.shape)), None)
        first, second = ([jnp.zeros_like(w) for w in made.made] for _ in range(2))
        self.state = (made.made, first, second, moving.made, jnp.zeros((), "float32"))
        self.epoch = jax.jit(self._epoch, donate_argnums=0)
        self.outputs = jax.jit(self._outputs)
        self.scores = jax.jit(self._scores)

    def _step(self, state, x, y, key):
        weights, first, second, moving, steps = state

        def objective(weights):
            logits, after = _apply(
                self.network, _Weights(weights), _Weights(moving), x.astype("float32"), key
            )
            loss, correct = _loss(self.network, logits, y)
            return loss, (correct, after)

        (loss, (correct, after)), gradients = jax.value_and_grad(objective, has_aux=True)(weights)
        steps = steps + 1
        rate = 1e-3 * jnp.sqrt(1 - 0.999**steps) / (1 - 0.9**steps)
        first = [m + 0.1 * (g - m) for m, g in zip(first, gradients)]
        second = [v + 0.001 * (g * g - v) for v, g in zip(second, gradients)]
        weights = [w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in zip(weights, first, second)]
        return (weights, first, second, after, steps), loss, correct

    def _epoch(self, state, data, order, key):
        """Steps over batches by index; the smaller batch at the end has a step of its own."""
        whole, rest = order

        def step(carry, rows):
            state, loss_sum, hits = carry
            x, y = (part[rows] for part in data)
            at = jax.random.fold_in(key, state[4].astype("int32"))
            state, loss, correct = self._step(state, x, y, at)
            return (state, loss_sum + loss * len(rows), hits + correct), None

        carry, _ = lax.scan(step, (state, 0.0, 0), whole)
        if len(rest):
            carry, _ = step(carry, rest)
        return carry

    def _outputs(self, state, x):
        logits, _ = _apply(
            self.network, _Weights(state[0]), _Weights(state[3]), x.astype("float32"), None
        )
        return jax.nn.sigmoid(logits) if self.network.is_binary else jax.nn.softmax(logits)

    def _scores(self, state, x, y):
        logits, _ = _apply(
            self.network, _Weights(state[0]), _Weights(state[3]), x.astype("float32"), None
        )
        loss, correct = _loss(self.network, logits, y)
        return loss * len(x), correct

    def fit(self, x, y, batch, epochs, begun, ended, validation=None) -> None:
        data = self.hold(x, y)
        rng = np.random.default_rng(0)
        steps = len(x) // batch
        for epoch in range(epochs):
            begun()
            order = rng.permutation(len(x)).astype("int32")
            order = order[: steps * batch].reshape(steps, batch), order[steps * batch :]
            key = jax.random.key(epoch)
            self.state, loss, hits = self.epoch(self.state, data, order, key)
            logs = {"loss": float(loss) / len(x), "accuracy": int(hits) / len(x)}
            if validation is not None:
                logs["val_loss"], logs["val_accuracy"] = self.evaluate(*validation, batch)
            if ended(logs):
                return

    def hold(self, x, y) -> tuple:
        return jnp.asarray(x), jnp.asarray(y)

    def predict(self, x, batch) -> np.ndarray:
        parts = [self.outputs(self.state, x[i : i + batch]) for i in range(0, len(x), batch)]
        return np.concatenate([np.asarray(part) for part in parts])

    def evaluate(self, x, y, batch) -> tuple[float, float]:
        parts = [
            self.scores(self.state, x[i : i + batch], y[i : i + batch])
            for i in range(0, len(x), batch)
        ]
        loss, hits = (sum(float(part[n]) for part in parts) for n in (0, 1))
        return loss / len(x), hits / len(x)


def make(network: Any, settings: dict) -> _Model:
    return _Model(network, settings)
