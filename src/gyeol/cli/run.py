"""`gyeol run script.py`: an unmodified script for Keras or tf.keras, on gyeol."""

from pathlib import Path
from typing import Annotated

import typer

from gyeol.cli.errors import no_such_file
from gyeol.text import tr


def run(
    script: Annotated[Path, typer.Argument(help=tr("A script for keras or tensorflow.keras."))],
    arguments: Annotated[
        list[str] | None, typer.Argument(help=tr("Arguments for the script."))
    ] = None,
    report: Annotated[
        bool,
        typer.Option(help=tr("Say afterwards what was used, translated, and where time went.")),
    ] = False,
) -> int:
    """Run a script as Python does; tensorflow and keras are gyeol in it."""
    if not script.is_file():
        raise no_such_file(script)
    from gyeol.compat.runner import run as run_script

    return run_script(script, arguments or (), report)
