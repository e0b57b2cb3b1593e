"""Runs a script as Python runs it, with the faces installed."""

import builtins
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, TracebackType

from gyeol.compat.finder import install
from gyeol.compat.usage import usage


def run(script: Path, arguments: Sequence[str] = (), report: bool = False) -> int:
    """Run a script as ``python script arguments`` does.

    Args:
        script: the file.
        arguments: what it finds in ``sys.argv[1:]``.
        report: whether to say afterwards what was used, translated, and where the time went.

    Returns:
        The exit code, where the script does not leave by itself.
    """
    code, path = script.read_bytes(), os.path.abspath(script)
    _let_plots_pass()
    if report:
        usage.begin()
        _listen()
    # The modules of keras stay gyeol's to the end: functions run at exit may ask for more.
    install()
    module = ModuleType("__main__")
    vars(module).update(__file__=path, __builtins__=builtins, __spec__=None)
    sys.modules["__main__"] = module
    sys.argv = [str(script), *arguments]
    sys.path[0] = str(script.resolve().parent)
    try:
        exec(compile(code, path, "exec", dont_inherit=True), vars(module))
    except SystemExit:
        raise
    except BaseException as error:
        error.__traceback__ = _of_the_script(error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)
    finally:
        sys.stdout.flush()
        if report:
            from gyeol.compat.report import print_report

            print_report(usage)
    return 0


def _of_the_script(frames: TracebackType | None) -> TracebackType | None:
    """The traceback from the script's first frame on."""
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return frames


def _let_plots_pass() -> None:
    """Without a display `plt.show()` passes in silence; a program that plots is not held up."""
    has_display = (
        sys.platform in ("win32", "darwin")
        or os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
    )
    if not has_display:
        os.environ.setdefault("MPLBACKEND", "agg")
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")


def _listen() -> None:
    from jax import monitoring

    monitoring.register_event_duration_secs_listener(usage.heard)
