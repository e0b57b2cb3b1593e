"""`gyeol summary runs/a`: a model's layers."""

from pathlib import Path
from typing import Annotated

import typer

from gyeol.cli import runs
from gyeol.text import tr


def summary(
    run: Annotated[Path, typer.Argument(help=tr("A run folder, or a .keras file."))],
) -> None:
    """Print a model's layers, the command that made it and its test result."""
    path, config = runs.model_file(run), runs.read_config(run)

    from gyeol.models import load_model

    load_model(path).summary()
    if "command" in config:
        print(tr("Made by: {command}", command=config["command"]))
    if "accuracy" in config.get("test", {}):
        from gyeol.cli.train import in_a_sentence

        print(in_a_sentence(config["test"], config["test"]["samples"]))
