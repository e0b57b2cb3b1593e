"""`gyeol evaluate runs/a mnist`: a trained model on the test part of a data set."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gyeol.cli import runs
from gyeol.cli.errors import UsageError
from gyeol.text import tr


def evaluate(
    run: Annotated[Path, typer.Argument(help=tr("A run folder, or a .keras file."))],
    dataset: Annotated[
        str | None, typer.Argument(help=tr("The data set; the one of the run if none."))
    ] = None,
) -> None:
    """Print in a sentence how good a model is on the test part of a data set."""
    from gyeol.cli.recipes import dataset_name

    path, config = runs.model_file(run), runs.read_config(run)
    if not (dataset or "dataset" in config):
        raise UsageError(tr("Which data set? Say it after {path}.", path=run))
    name = dataset_name(dataset or config["dataset"])

    from gyeol import datasets
    from gyeol.cli.train import in_a_sentence
    from gyeol.models import load_model

    model = load_model(path)
    _, (x, y) = getattr(datasets, name).load_data()
    x = _fitted(x, model, config, name)
    if config.get("dataset", name) != name:
        print(tr("This model was trained on {name}.", name=config["dataset"]))
    if not model.compiled:
        losses = ("binary_crossentropy", "sparse_categorical_crossentropy")
        model.compile(loss=losses[model.output_shape[-1] > 1], metrics=["accuracy"])
    print(in_a_sentence(model.evaluate(x, y, verbose=0, return_dict=True), len(x)))


def _fitted(x: Any, model: Any, config: dict[str, Any], name: str) -> Any:
    """The samples in the shape and the range that the model expects."""
    expected = tuple(model.input_shape[1:])
    if x.shape[1:] != expected and (*x.shape[1:], 1) != expected:
        raise ValueError(
            tr(
                "The model takes {expected}; {name} has {found}.",
                expected="x".join(map(str, expected)),
                name=name,
                found="x".join(map(str, x.shape[1:])),
            )
        )
    x = x.reshape(len(x), *expected)
    if x.dtype == "uint8" and runs.highest_input(model, config) == 1:
        print(tr("The model has no Rescaling layer, so the pixels were divided by their highest."))
        return x.astype("float32") / x.max()
    return x
