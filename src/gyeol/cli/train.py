"""`gyeol train digits`: a trained model, its curves and all that repeats it, in one folder."""

import contextlib
import csv
import io
import json
import platform
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gyeol.cli import runs
from gyeol.cli.errors import UsageError
from gyeol.text import tr

if TYPE_CHECKING:
    from gyeol.cli.recipes import Recipe


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
    seed: Annotated[int, typer.Option(help=tr("The same seed gives the same run."))] = 0,
    out: Annotated[
        Path | None, typer.Option(help=tr("Folder for the results; runs/<data set>-<n> if none."))
    ] = None,
) -> None:
    """Train a model and leave all about it in a folder. The options are those of the command."""
    from gyeol.cli.recipes import dataset_name, recipe

    name = dataset_name(dataset)
    model_name, chosen = recipe(name, model)
    if lr is not None and not 0 < lr < float("inf"):
        raise UsageError(tr("--lr must be above 0; got {lr}.", lr=lr))
    settings = {
        "dataset": name,
        "model": model_name,
        "epochs": epochs or chosen.epochs,
        "batch_size": batch_size or chosen.batch_size,
        "learning_rate": lr or chosen.lr,
        "seed": seed,
        "validation_split": chosen.validation_split,
    }
    folder = runs.given_folder(out) if out else runs.new_folder(name)
    try:
        _train(folder, chosen, settings)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()  # only if nothing is in it
        raise


def _train(folder: Path, chosen: "Recipe", settings: dict[str, Any]) -> None:
    from gyeol import datasets, optimizers, report, utils

    data = datasets.describe(settings["dataset"])
    module = getattr(datasets, data.name)
    (x_train, y_train), (x_test, y_test) = module.load_data()
    utils.set_random_seed(settings["seed"])
    model = chosen.build(x_train)
    is_binary = len(data.class_names) == 2
    loss = "binary_crossentropy" if is_binary else "sparse_categorical_crossentropy"
    model.compile(
        optimizer=optimizers.Adam(settings["learning_rate"]),
        loss=loss,
        metrics=["accuracy"],
    )
    model.summary()
    began = time.monotonic()
    history = model.fit(
        x_train,
        y_train,
        batch_size=settings["batch_size"],
        epochs=settings["epochs"],
        validation_split=settings["validation_split"],
    ).history
    seconds = time.monotonic() - began
    result = {
        name: float(value)
        for name, value in model.evaluate(x_test, y_test, verbose=0, return_dict=True).items()
    }
    print("\n" + in_a_sentence(result, len(x_test)))

    features = getattr(module, "FEATURE_NAMES", ())
    model.save(folder / runs.MODEL)
    _write(folder / "history.csv", _as_csv(history))
    report.curves(history, folder / "curves.png")
    report.predictions(
        model, x_test, y_test, data.class_names, folder / "predictions.png", features
    )
    config = {
        **settings,
        "optimizer": "adam",
        "loss": loss,
        "highest_input": float(x_train.max()) if x_train.dtype == "uint8" else None,
        "class_names": data.class_names,
        "feature_names": features,
        "test": {**result, "samples": len(x_test)},
        "seconds": round(seconds, 1),
        "versions": _versions(),
        "command": _command(folder, settings),
    }
    config = {name: value for name, value in config.items() if value not in (None, ())}
    _write(folder / runs.CONFIG, json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    _say_where(folder, config)


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


def _as_csv(history: Mapping[str, Sequence[float]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    for epoch, values in enumerate(zip(*history.values()), 1):
        writer.writerow([epoch, *map(float, values)])
    return text.getvalue()


def _versions() -> dict[str, str]:
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
    options = {
        "--model": settings["model"],
        "--epochs": settings["epochs"],
        "--batch-size": settings["batch_size"],
        "--lr": settings["learning_rate"],
        "--seed": settings["seed"],
        "--out": folder,
    }
    words = [str(word) for option in options.items() for word in option]
    return shlex.join(["gyeol", "train", settings["dataset"], *words])


def _say_where(folder: Path, config: Mapping[str, Any]) -> None:
    print(tr("In {folder}:", folder=folder))
    for name, what in (
        (runs.MODEL, tr("the model, with its scaling inside")),
        ("history.csv", tr("loss and metrics of each epoch")),
        ("curves.png", tr("the same, drawn")),
        ("predictions.png", tr("test samples and what the model says, the wrong ones marked")),
        (runs.CONFIG, tr("every setting")),
    ):
        print(f"  {name:<16} {what}")
    print(tr("Repeat it with: {command}", command=config["command"]))
