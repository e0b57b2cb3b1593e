"""What `gyeol run --report` prints: what was used, what was translated, where the time went."""

from gyeol.compat.usage import Usage
from gyeol.text import tr


def print_report(usage: Usage) -> None:
    """Print the report on stderr, so that the script's own output stays its own."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    names = Table(title=tr("Used"), show_header=False, title_justify="left")
    modules: dict[str, list[str]] = {}
    for name in sorted(usage.names):
        module, _, last = name.rpartition(".")
        modules.setdefault(module, []).append(last)
    for module, lasts in modules.items():
        names.add_row(module, ", ".join(lasts))
    console.print(names)

    if usage.translations:
        table = Table(title=tr("Translated"), title_justify="left")
        for header in (tr("old"), tr("new"), tr("times")):
            table.add_column(header)
        for (old, new), count in sorted(usage.translations.items()):
            table.add_row(old, new, str(count))
        console.print(table)

    seconds = usage.seconds
    # What is compiled is compiled for the sake of training or prediction, mostly the former.
    compiling = min(usage.compiling, seconds["training"] + seconds["prediction"])
    in_training = min(compiling, seconds["training"])
    spent = {
        tr("compiling"): compiling,
        tr("training"): seconds["training"] - in_training,
        tr("evaluation and prediction"): seconds["prediction"] - (compiling - in_training),
        tr("reading data"): seconds["data"],
        tr("everything else"): usage.rest(),
    }
    table = Table(title=tr("Time"), show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for what, value in spent.items():
        table.add_row(what, tr("{seconds:.2f} s", seconds=max(value, 0.0)))
    console.print(table)
