"""The command line: `gyeol train digits`, and what goes with it. One file a command.

Nothing heavy is imported here: `gyeol --help` has to answer at once.
"""

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from gyeol.cli.datasets import app as datasets_app
from gyeol.cli.doctor import doctor
from gyeol.cli.errors import Stopped, UsageError
from gyeol.cli.evaluate import evaluate
from gyeol.cli.info import info
from gyeol.cli.predict import predict
from gyeol.cli.run import run
from gyeol.cli.summary import summary
from gyeol.cli.train import train
from gyeol.text import tr

app = typer.Typer(
    help=tr("Train neural networks with Keras's interface on JAX."),
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(help=tr("Train a model and leave it, its curves and its settings in a folder."))(train)
app.command(help=tr("Measure a trained model on the test part of a data set."))(evaluate)
app.command(help=tr("Say what is in pictures."))(predict)
app.command(help=tr("Show a model's layers."))(summary)
app.command(
    help=tr("Say what is wrong with a script for Keras, or with a model and its data."),
    # Options that are not the doctor's are the script's, and all that follow a `--`.
    context_settings={"ignore_unknown_options": True},
)(doctor)
app.command(
    help=tr("Run a script for Keras or tf.keras, unmodified, on gyeol."),
    # What follows the script is the script's own, options too.
    context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True},
)(run)
app.command(help=tr("Say what gyeol runs on: versions, device, kernels, folders."))(info)
app.add_typer(datasets_app, name="datasets")


@app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0: done. 1: it failed. 2: it was asked in a way that cannot be done. 130: interrupted.
    143: ended by SIGTERM.

    Args:
        arguments: what follows `gyeol`; `sys.argv[1:]` by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a code page without Hangul gets question marks
            stream.reconfigure(errors="replace")
    try:
        code = app(args=arguments, prog_name="gyeol", standalone_mode=False)
        if code == 130:  # what typer makes of KeyboardInterrupt
            _complain(tr("Interrupted."), code)
    except UsageError as error:
        code = _complain(str(error), 2)
    except Stopped as stopped:
        code = _complain(str(stopped), stopped.code)
    except (KeyboardInterrupt, typer.Abort):
        code = _complain(tr("Interrupted."), 130)
    except Exception as error:
        code = _failure(error)
    sys.exit(code if isinstance(code, int) else 0)


def _failure(error: Exception) -> int:
    if hasattr(error, "format_message"):  # of typer's own, or of the click below older ones
        return _complain(error.format_message(), error.exit_code)
    if os.environ.get("GYEOL_DEBUG"):
        traceback.print_exception(error)
        return 1
    if isinstance(error, (OSError, ValueError)):
        return _complain(str(error), 1)
    what = f"{type(error).__name__}: {error}"
    return _complain(tr("a fault in gyeol: {what}. GYEOL_DEBUG=1 shows where.", what=what), 1)


def _complain(message: str, code: int) -> int:
    print(f"gyeol: {message}", file=sys.stderr)
    return code
