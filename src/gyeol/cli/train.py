"""`gyeol train digits`: a trained model, its curves and all that repeats it, in one folder."""

import contextlib
import csv
import io
import json
import platform
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gyeol.cli import runs
from gyeol.cli.errors import Stopped, UsageError
from gyeol.text import tr

# What can be given, and how.
_OPTIONS = {
    "dataset": "gyeol train",
    "model": "--model",
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "learning_rate": "--lr",
    "seed": "--seed",
}
# What repeats a run.
_KINDS: dict[str, Any] = {
    "dataset": str,
    "model": str,
    "epochs": int,
    "batch_size": int,
    "learning_rate": (int, float),
    "seed": int,
    "validation_split": (int, float),
}


def train(
    dataset: Annotated[
        str, typer.Argument(help=tr("digits, mnist, fashion_mnist, cifar10 or pima."))
    ],
    model: Annotated[
        str | None, typer.Option(help=tr("dense or conv; each data set has its own default."))
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help=tr("Passes over the training part."))
    ] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help=tr("Samples a step."))] = None,
    lr: Annotated[float | None, typer.Option(help=tr("Learning rate of Adam."))] = None,
    seed: Annotated[
        int | None, typer.Option(help=tr("The same seed gives the same run; 0 if none."))
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=tr("Folder for the results; runs/<data set>-<n> if none."))
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help=tr(
                "Go on with the run in --out that was cut off, with its settings; without --out, "
                "with the last such run of the data set."
            ),
        ),
    ] = False,
) -> None:
    """Train a model and leave all about it in a folder. The options are those of the command."""
    from gyeol.cli.recipes import dataset_name, recipe

    name = dataset_name(dataset)
    recipe(name, model)  # both names are right, whatever run there is
    if lr is not None and not 0 < lr < float("inf"):
        raise UsageError(tr("--lr must be above 0; got {lr}.", lr=lr))
    if out:
        runs.check_is_no_file(out)
    given = {
        "dataset": name,
        "model": model,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": lr,
        "seed": seed,
    }
    given = {setting: value for setting, value in given.items() if value is not None}
    begun = (out or runs.last_unfinished(name)) if resume else None
    config = runs.read_config(begun) if begun else {}
    if begun and config:
        settings = _taken_up(begun, config, given)
        if not runs.is_unfinished(config):
            runs.remove_checkpoint(begun)
            print(tr("The run in {path} is done.", path=begun))
            return
        print(tr("Going on with the run in {path}.", path=begun))
        _train(begun, settings)
        return
    if resume:
        print(tr("There is no run to go on with: training begins anew."))
    settings = {**_defaults(name, model), **given}
    folder = runs.given_folder(out) if out else runs.new_folder(name)
    try:
        _train(folder, settings, anew=True)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()  # only if nothing is in it
        raise


def _defaults(dataset: str, model: str | None) -> dict[str, Any]:
    from gyeol.cli.recipes import recipe

    model, chosen = recipe(dataset, model)
    return {
        "dataset": dataset,
        "model": model,
        "epochs": chosen.epochs,
        "batch_size": chosen.batch_size,
        "learning_rate": chosen.lr,
        "seed": 0,
        "validation_split": chosen.validation_split,
    }


def _taken_up(folder: Path, config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run that was begun, with more epochs if they are given.

    Raises:
        UsageError: other settings are given.
        ValueError: the run's are damaged.
    """
    wrong = [name for name, kind in _KINDS.items() if not isinstance(config.get(name), kind)]
    if wrong:
        reason = tr("{names} cannot be read from it", names=", ".join(wrong))
        raise ValueError(
            tr("{path} is damaged: {reason}.", path=folder / runs.CONFIG, reason=reason)
        )
    settings = {name: config[name] for name in _KINDS}
    if runs.is_unfinished(config) and given.get("epochs", 0) > settings["epochs"]:
        settings["epochs"] = given["epochs"]
    others = [name for name in given if given[name] != settings[name]]
    if others:
        raise UsageError(
            tr(
                "The run in {path} was begun with {begun}, not {given}. Leave that out to go on "
                "with it, or leave --resume out to begin anew.",
                path=folder,
                begun=", ".join(f"{_OPTIONS[name]} {settings[name]}" for name in others),
                given=", ".join(f"{_OPTIONS[name]} {given[name]}" for name in others),
            )
        )
    return settings


def _train(folder: Path, settings: dict[str, Any], anew: bool = False) -> None:
    """Train and write all files. What is needed to go on is there before the first step."""
    import gyeol
    from gyeol import callbacks, datasets, optimizers, report, utils
    from gyeol.cli.clock import Clock
    from gyeol.cli.recipes import recipe
    from gyeol.report.page import page
    from gyeol.report.page_training import Training

    data = datasets.describe(settings["dataset"])
    module = getattr(datasets, data.name)
    (x_train, y_train), (x_test, y_test) = module.load_data()
    utils.set_random_seed(settings["seed"])
    _, chosen = recipe(data.name, settings["model"])
    model = chosen.build(x_train)
    is_binary = len(data.class_names) == 2
    loss = "binary_crossentropy" if is_binary else "sparse_categorical_crossentropy"
    model.compile(
        optimizer=optimizers.Adam(settings["learning_rate"]),
        loss=loss,
        metrics=["accuracy"],
    )
    model.summary()
    features = getattr(module, "FEATURE_NAMES", ())
    config = {
        **settings,
        "optimizer": "adam",
        "loss": loss,
        "highest_input": float(x_train.max()) if x_train.dtype == "uint8" else None,
        "class_names": data.class_names,
        "feature_names": features,
        "finished": False,
        "versions": versions(),
        "command": _command(folder, settings),
    }
    if anew:
        runs.clear(folder)
    _write_config(folder, config)
    with _saying_how_to_go_on(folder, settings):
        clock = Clock()
        backup = callbacks.BackupAndRestore(folder / runs.CHECKPOINT, delete_checkpoint=False)
        fitted = model.fit(
            x_train,
            y_train,
            batch_size=settings["batch_size"],
            epochs=settings["epochs"],
            validation_split=settings["validation_split"],
            callbacks=[clock, backup],
        )
        history = fitted.history
        seconds = clock.seconds
        with _heeding_signals():
            result = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
            result = {name: float(value) for name, value in result.items()}
            print("\n" + in_a_sentence(result, len(x_test)))

            model.save(folder / runs.MODEL)
            _write(folder / runs.HISTORY, _as_csv(history))
            report.curves(history, folder / runs.CURVES)
            outputs = model.predict(x_test, verbose=0)
            report.predictions(
                outputs, x_test, y_test, data.class_names, folder / runs.PREDICTIONS, features
            )
            config |= {
                "finished": True,
                "test": {**result, "samples": len(x_test)},
                "seconds": round(seconds, 3),
            }
            training = Training(
                model,
                history,
                x_test,
                y_test,
                outputs=outputs,
                class_names=data.class_names,
                feature_names=features,
                settings=settings,
            )
            page(
                folder / runs.REPORT,
                f"{data.name} · {settings['model']}",
                [training],
                None if gyeol.config.doctor() == "off" else fitted.findings,
                command=config["command"],
                versions=config["versions"],
            )
            _write_config(folder, config)
        runs.remove_checkpoint(folder)
    _say_where(folder, config)


@contextlib.contextmanager
def _saying_how_to_go_on(folder: Path, settings: Mapping[str, Any]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run with the command that takes it up again."""
    command = runs.resuming_command(folder, settings["dataset"])
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as left:
        code = 130 if isinstance(left, KeyboardInterrupt) else left.code
        if code == 130:
            words = tr("Interrupted. Go on with: {command}", command=command)
        elif code == 143:
            words = tr("Terminated. Go on with: {command}", command=command)
        else:
            raise
        raise Stopped(words, code) from None


@contextlib.contextmanager
def _heeding_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what is done in Python, as `fit` lets them end a training.

    What a signal raises is another error when it comes up again from a library, an ImportError for
    example; so it is kept what was heard.
    """
    heard: list[int] = []

    def end(number: int, frame: Any) -> None:
        heard.append(number)
        raise SystemExit(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL):
                before[number] = signal.signal(number, end)
    try:
        yield
    except Exception:
        if heard:
            raise SystemExit(128 + heard[0]) from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def in_a_sentence(result: Mapping[str, float], samples: int) -> str:
    """What was measured on the test part, to read aloud."""
    if "accuracy" not in result:
        return ", ".join(f"{name} {value:.4f}" for name, value in result.items())
    return tr(
        "Of {samples} test samples, {right} are right: accuracy {accuracy}, loss {loss}.",
        samples=f"{samples:,}",
        right=f"{round(result['accuracy'] * samples):,}",
        accuracy=f"{result['accuracy']:.4f}",
        loss=f"{result['loss']:.4f}",
    )


def _write(path: Path, text: str) -> None:
    from gyeol.files import write_whole

    with write_whole(path) as file:
        file.write(text.encode("utf-8"))


def _write_config(folder: Path, config: Mapping[str, Any]) -> None:
    config = {name: value for name, value in config.items() if value not in (None, ())}
    _write(folder / runs.CONFIG, json.dumps(config, indent=2, ensure_ascii=False) + "\n")


def _as_csv(history: Mapping[str, Sequence[float]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    for epoch, values in enumerate(zip(*history.values()), 1):
        writer.writerow([epoch, *map(float, values)])
    return text.getvalue()


def versions() -> dict[str, str]:
    """Of gyeol and what it runs on, by name."""
    import jax
    import numpy as np

    import gyeol

    return {
        "gyeol": gyeol.__version__,
        "jax": jax.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}, {jax.default_backend()}",
    }


def _command(folder: Path, settings: Mapping[str, Any]) -> str:
    options = {option: settings[name] for name, option in _OPTIONS.items()}
    options = {**options, "--out": folder}
    words = [str(word) for option in options.items() for word in option]
    return shlex.join([*words[0].split(), *words[1:]])


def _say_where(folder: Path, config: Mapping[str, Any]) -> None:
    print(tr("In {folder}:", folder=folder))
    for name, what in (
        (runs.REPORT, tr("all about it on one page, for the browser")),
        (runs.MODEL, tr("the model, with its scaling inside")),
        (runs.HISTORY, tr("loss and metrics of each epoch")),
        (runs.CURVES, tr("the same, drawn")),
        (runs.PREDICTIONS, tr("test samples and what the model says, the wrong ones marked")),
        (runs.CONFIG, tr("every setting")),
    ):
        print(f"  {name:<16} {what}")
    print(tr("Repeat it with: {command}", command=config["command"]))
