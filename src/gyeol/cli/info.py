"""`gyeol info`: versions, the device, the kernels in use, and the folders."""

import platform
from importlib.metadata import version

from gyeol.text import tr


def info() -> None:
    """Print what gyeol runs on."""
    import jax

    from gyeol import config, kernels

    in_use = kernels.description()
    names = {
        "gyeol": version("gyeol"),
        "Python": platform.python_version(),
        "JAX": jax.__version__,
        tr("device"): ", ".join(sorted({device.device_kind for device in jax.devices()})),
        tr("kernels"): in_use
        or tr("none: they were not built, or GYEOL_KERNELS=off. gyeol works, more slowly."),
        tr("home"): str(config.home()),
    }
    width = max(map(len, names))
    for name, value in names.items():
        print(f"{name:<{width}}  {value}")
