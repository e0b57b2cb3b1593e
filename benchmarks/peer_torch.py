"""Plain PyTorch, in the loop that its users write: tensors in memory, batches by index.

Adam is the fused one. With ``{"compiled": true}`` the forward pass and the loss go through
`torch.compile`; on a GPU in its mode of CUDA graphs.
"""

import platform
import time
from typing import Any

import numpy as np

torch: Any = None
compiled = False
device = "cpu"


def load(options: dict) -> None:
    """Import the library."""
    global torch, compiled, device
    import torch

    compiled = options.get("compiled", False)
    device = "cuda" if options["device"] == "gpu" else "cpu"
    torch.manual_seed(0)
    if device == "cuda":  # as JAX does by itself
        torch.set_float32_matmul_precision("high")


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__}


def _block(channels: int, filters: int, stride: int) -> Any:
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(
                nn.Conv2d(channels, filters, 3, stride, padding=1),
                nn.BatchNorm2d(filters),
                nn.ReLU(),
                nn.Conv2d(filters, filters, 3, padding=1),
                nn.BatchNorm2d(filters),
            )
            same = stride == 1 and channels == filters
            self.short = nn.Identity() if same else nn.Conv2d(channels, filters, 1, stride)

        def forward(self, x):
            return torch.relu(self.inner(x) + self.short(x))

    return Residual()


def _built(network: Any) -> Any:
    nn = torch.nn
    # Channels come first; the size of the flattened sample is counted on the way.
    shape = (network.shape[2], *network.shape[:2]) if len(network.shape) == 3 else network.shape
    stack: list[Any] = []
    for kind, *about in network.layers:
        if kind == "flatten":
            stack.append(nn.Flatten())
        elif kind == "dense":
            stack.append(nn.Linear(shape[0], about[0]))
        elif kind == "dropout":
            stack.append(nn.Dropout(about[0]))
        elif kind == "conv":
            stack.append(nn.Conv2d(shape[0], about[0], 3, padding=about[2]))
        elif kind == "pool":
            stack.append(nn.MaxPool2d(2))
        elif kind == "residual":
            stack.append(_block(shape[0], *about))
        elif kind == "average":
            stack += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        if kind in ("dense", "conv") and about[1] == "relu":
            stack.append(nn.ReLU())
        with torch.no_grad():
            shape = tuple(nn.Sequential(*stack).eval()(torch.zeros(1, *_first(network))).shape[1:])
    return nn.Sequential(*stack)


def _first(network: Any) -> tuple[int, ...]:
    if len(network.shape) == 3:
        return network.shape[2], *network.shape[:2]
    return network.shape


class _Model:
    def __init__(self, network: Any, settings: dict) -> None:
        self.module = _built(network).to(device)
        self.images = len(network.shape) == 3
        self.format = torch.contiguous_format
        if settings.get("channels_last") and self.images:
            self.format = torch.channels_last
            self.module = self.module.to(memory_format=self.format)
        self.optimizer = torch.optim.Adam(self.module.parameters(), fused=True)
        functional, module = torch.nn.functional, self.module
        single = network.is_binary

        def step(x, y):
            logits = module(x)
            if single:
                logits = logits[:, 0]
                loss = functional.binary_cross_entropy_with_logits(logits, y)
                return loss, ((logits > 0) == (y > 0.5)).sum()
            loss = functional.cross_entropy(logits, y)
            labels = y.argmax(1) if y.ndim == 2 else y
            return loss, (logits.argmax(1) == labels).sum()

        mode = "reduce-overhead" if device == "cuda" else None
        self.step = torch.compile(step, mode=mode) if compiled else step
        self.forward = torch.compile(module, mode=mode) if compiled else module

    def hold(self, x, y) -> tuple:
        inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
        if self.images:
            inputs = inputs.permute(0, 3, 1, 2).contiguous(memory_format=self.format)
        labels = labels if labels.is_floating_point() else labels.long()
        return inputs.to(device), labels.to(device)

    def fit(self, x, y, batch, epochs, begun, ended, validation=None) -> None:
        inputs, labels = self.hold(x, y)
        if validation is not None:
            validation = self.hold(*validation)
        for _ in range(epochs):
            begun()
            self.module.train()
            order = torch.randperm(len(inputs), device=device)
            loss_sum = torch.zeros((), device=device)
            correct = torch.zeros((), device=device)
            for first in range(0, len(inputs), batch):
                rows = order[first : first + batch]
                self.optimizer.zero_grad(set_to_none=True)
                loss, hits = self.step(inputs[rows].float(), labels[rows])
                loss.backward()
                self.optimizer.step()
                loss_sum += loss.detach()
                correct += hits
            logs = {"loss": loss_sum.item(), "accuracy": correct.item() / len(inputs)}
            if validation is not None:
                logs["val_loss"], logs["val_accuracy"] = self.evaluate(*validation, batch)
            if ended(logs):
                return

    def predict(self, x, batch) -> np.ndarray:
        self.module.eval()
        with torch.inference_mode():
            outputs = [
                torch.softmax(self.forward(x[i : i + batch].float()), 1).cpu()
                for i in range(0, len(x), batch)
            ]
        return torch.cat(outputs).numpy()

    def evaluate(self, x, y, batch) -> tuple[float, float]:
        self.module.eval()
        loss_sum, correct = 0.0, 0
        with torch.no_grad():
            for i in range(0, len(x), batch):
                loss, hits = self.step(x[i : i + batch].float(), y[i : i + batch])
                loss_sum += loss * len(y[i : i + batch])
                correct += hits
        return float(loss_sum) / len(x), int(correct) / len(x)


def make(network: Any, settings: dict) -> _Model:
    if compiled:
        torch._dynamo.reset()  # a limit of recompilations is counted by the code of a function
    return _Model(network, settings)


def _best(function: Any, seconds: float) -> float:
    """The least time of a call, over so many seconds."""
    least, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        function()
        if device == "cuda":
            torch.cuda.synchronize()
        least = min(least, time.perf_counter() - begun)
    return least


def limits() -> dict:
    """FLOP a second of a large matrix product; bytes a second of copies, by the bytes at work."""
    side = 2048 if device == "cpu" else 8192
    a, b = torch.randn(side, side, device=device), torch.randn(side, side, device=device)
    found = {"flops": 2 * side**3 / _best(lambda: torch.mm(a, b), 2.0), "copies": {}}
    for mib in (1, 4, 16, 64, 256):
        source = torch.zeros(mib * 2**17, device=device)  # half of the bytes; the copy has the rest
        target = torch.zeros_like(source)
        for _ in range(3):
            target.copy_(source)
        spent = _best(lambda t=target, s=source: t.copy_(s), 0.5)
        found["copies"][mib] = mib * 2**20 / spent
    return found
