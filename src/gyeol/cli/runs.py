"""Run folders: where they are made, and how one is read again."""

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gyeol.cli.errors import UsageError, no_such_file
from gyeol.text import tr

MODEL, CONFIG, CHECKPOINT = "model.keras", "config.json", "checkpoint"
HISTORY, CURVES, PREDICTIONS = "history.csv", "curves.png", "predictions.png"
REPORT = "report.html"


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
    """Make the folder that `--out` names, or say that the run in it is replaced."""
    if (folder / CHECKPOINT).exists():
        print(tr("The unfinished run in {path} is given up: training begins anew.", path=folder))
    elif (folder / CONFIG).exists() or (folder / MODEL).exists():
        print(tr("The run in {path} will be replaced.", path=folder))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def check_is_no_file(folder: Path) -> None:
    """Look whether `--out` can be a folder.

    Raises:
        UsageError: there is a file of that name.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(tr("--out {path} is a file; give a folder.", path=folder))


def last_unfinished(dataset: str) -> Path | None:
    """The ``runs/<dataset>-<n>`` with the highest n whose run was cut off; None if there is none.

    Raises:
        ValueError: what one of them says of itself is damaged.
    """
    numbered = {}
    for folder in Path("runs").glob(f"{dataset}-*"):
        number = folder.name.removeprefix(f"{dataset}-")
        if number.isdecimal() and folder.is_dir():
            numbered[int(number)] = folder
    folders = (numbered[number] for number in sorted(numbered, reverse=True))
    return next((folder for folder in folders if is_unfinished(read_config(folder))), None)


def is_unfinished(config: Mapping[str, Any]) -> bool:
    """Whether ``config.json`` is that of a run that has not come to its end."""
    return config.get("finished") is False


def clear(folder: Path) -> None:
    """Remove a run from its folder.

    What says whose the checkpoint is goes first: a checkpoint is never taken for another run's.
    """
    (folder / CONFIG).unlink(missing_ok=True)
    remove_checkpoint(folder)
    for name in (MODEL, HISTORY, CURVES, PREDICTIONS, REPORT):
        (folder / name).unlink(missing_ok=True)


def remove_checkpoint(folder: Path) -> None:
    """Remove what a run is continued from."""
    shutil.rmtree(folder / CHECKPOINT, ignore_errors=True)


def model_file(run: Path) -> Path:
    """The model's file of a run folder, or the file itself.

    Raises:
        UsageError: there is none, or the run is not finished.
    """
    if run.is_dir():
        config = read_config(run)
        if is_unfinished(config):
            raise UsageError(
                tr(
                    "The run in {path} is not finished. Finish it with: {command}",
                    path=run,
                    command=resuming_command(run, config.get("dataset", "")),
                )
            )
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


def resuming_command(folder: Path, dataset: str) -> str:
    """What to type to go on with a run that was cut off."""
    return shlex.join(["gyeol", "train", dataset, "--out", str(folder), "--resume"])


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
