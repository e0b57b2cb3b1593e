"""`gyeol datasets`: what there is, what is on this disk, and fetching it."""

from typing import Annotated

import typer

from gyeol.text import tr

app = typer.Typer(
    help=tr("List the data sets, or fetch one."), invoke_without_command=True, rich_markup_mode=None
)


@app.callback()
def datasets(context: typer.Context) -> None:
    """Print what data sets there are and where they lie."""
    if context.invoked_subcommand is not None:
        return
    from gyeol import datasets
    from gyeol.datasets import store

    for name in datasets.names():
        data = datasets.describe(name)
        place = datasets.locate(name)
        counts = " + ".join(
            f"{shape[0]:,}" for key, (shape, _) in data.layout.items() if key.startswith("x")
        )
        if name == "digits":
            where = tr("ships with gyeol")
        elif place:
            where = str(place)
        else:
            where = tr("not on this disk: gyeol datasets fetch {name}", name=name)
        print(f"{name:<15} {counts:<16} {tr(data.title)}\n{'':15} {where}")
    print(tr("The folder for data sets is {folder}.", folder=store.folder()))


@app.command(help=tr("Bring data sets to this disk, checked."))
def fetch(
    names: Annotated[
        list[str], typer.Argument(help=tr("digits, mnist, fashion_mnist, cifar10 or pima."))
    ],
) -> None:
    """Bring data sets to this disk and print where they lie."""
    from gyeol import datasets
    from gyeol.cli.recipes import dataset_name

    for name in [dataset_name(given) for given in names]:
        print(f"{name}: {datasets.fetch(name)}")
