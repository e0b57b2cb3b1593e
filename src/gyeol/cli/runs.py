"""Run folders: where they are made, and how one is read again."""

import json
from pathlib import Path
from typing import Any

from gyeol.cli.errors import UsageError, no_such_file
from gyeol.text import tr

MODEL, CONFIG = "model.keras", "config.json"


def new_folder(dataset: str) -> Path:
    """Make the first free ``runs/<dataset>-<n>``."""
    number = 1
    while True:
        folder = Path("runs") / f"{dataset}-{number}"
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            number += 1


def given_folder(folder: Path) -> Path:
    """Make the folder that `--out` names, or say that the run in it is replaced.

    Raises:
        UsageError: there is a file of that name.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(tr("--out {path} is a file; give a folder.", path=folder))
    if (folder / CONFIG).exists() or (folder / MODEL).exists():
        print(tr("The run in {path} will be replaced.", path=folder))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def model_file(run: Path) -> Path:
    """The model's file of a run folder, or the file itself.

    Raises:
        UsageError: there is none.
    """
    if run.is_dir():
        if not (run / MODEL).exists():
            raise UsageError(tr("{path} is not a run: it holds no {name}.", path=run, name=MODEL))
        return run / MODEL
    if not run.exists():
        raise no_such_file(run)
    return run


def read_config(run: Path) -> dict[str, Any]:
    """What ``config.json`` of a run folder says; empty for a model's file without one beside it.

    Raises:
        ValueError: it is damaged.
    """
    path = (run if run.is_dir() else run.parent) / CONFIG
    if not path.exists() or (not run.is_dir() and run.name != MODEL):
        return {}
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(tr("{path} is damaged: {reason}.", path=path, reason=error)) from error
    if not isinstance(config, dict):
        raise ValueError(
            tr("{path} is damaged: {reason}.", path=path, reason=tr("it holds no settings"))
        )
    return config


def highest_input(model: Any, config: dict[str, Any]) -> float:
    """The highest value that the model expects of a pixel.

    A run says it; a bare model tells by its Rescaling layer. One without that was most likely
    trained on pixels divided by 255.
    """
    if "highest_input" in config:
        return float(config["highest_input"])
    for layer in model.layers:
        if type(layer).__name__ == "Rescaling" and isinstance(layer.scale, (int, float)):
            return 255.0 if layer.offset else round(1 / layer.scale, 6)
    return 1.0
