"""`gyeol predict runs/a picture.png`: what a trained model sees in pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gyeol.cli import runs
from gyeol.cli.errors import UsageError, no_such_file
from gyeol.text import tr

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

_TOP = 3


def predict(
    run: Annotated[Path, typer.Argument(help=tr("A run folder, or a .keras file."))],
    pictures: Annotated[list[Path], typer.Argument(help=tr("Pictures, grey or in colour."))],
) -> None:
    path, config = runs.model_file(run), runs.read_config(run)
    for picture in pictures:
        if not picture.is_file():
            raise no_such_file(picture)

    import numpy as np

    from gyeol.models import load_model
    from gyeol.report.sample_predictions import as_probabilities

    model = load_model(path)
    shape = tuple(model.input_shape[1:])
    if len(shape) not in (2, 3) or None in shape or (len(shape) == 3 and shape[2] not in (1, 3)):
        raise UsageError(
            tr("{path} takes no pictures: its input is {shape}.", path=run, shape=shape)
        )
    high = runs.highest_input(model, config)
    names = config.get("class_names", ())
    for picture in pictures:
        values, notes = prepared(picture, shape, high)
        probabilities = as_probabilities(np.asarray(model.predict(values[None], verbose=0)))[0]
        best = probabilities.argsort()[::-1][:_TOP]
        answers = [
            f"{names[label] if label < len(names) else label} ({100 * probabilities[label]:.1f} %)"
            for label in best
        ]
        print(f"{picture}: {', '.join(answers)}")
        for note in notes:
            print(f"  {note}")


def prepared(path: Path, shape: tuple[int, ...], high: float) -> tuple["np.ndarray", list[str]]:
    """A picture as the model's input, and what had to be done to it, in words.

    Args:
        path: of the picture.
        shape: (height, width), or with 1 or 3 channels.
        high: the value of a white pixel.

    Raises:
        ValueError: the file is no picture that can be read.
    """
    import numpy as np

    grey = len(shape) == 2 or shape[2] == 1
    image = _opened(path).convert("L" if grey else "RGB")
    notes = []
    if image.size != (shape[1], shape[0]):
        notes.append(
            tr(
                "Resized from {width}x{height} to {new_width}x{new_height}.",
                width=image.width,
                height=image.height,
                new_width=shape[1],
                new_height=shape[0],
            )
        )
        image = _resized(image, shape[1], shape[0])
    values = np.asarray(image, np.float32)
    if grey:
        ground = _border(values).mean() / 255
        if ground > 0.6:
            values = 255 - values
            notes.append(
                tr(
                    "Its ground is light, so it was inverted: digits and clothes to learn from "
                    "are light on dark."
                )
            )
        elif ground > 0.4:
            notes.append(tr("Its ground is neither light nor dark; it was taken as it is."))
    return (values * (high / 255)).reshape(shape), notes


def _opened(path: Path) -> "Image":
    from PIL import Image, ImageOps

    try:
        image = ImageOps.exif_transpose(Image.open(path))
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(tr("{path} is not a picture that can be read.", path=path)) from error
    if image.has_transparency_data:  # what lies behind is taken to be white paper
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image


def _resized(image: "Image", width: int, height: int) -> "Image":
    """The picture with its proportions kept, on a ground of its own border's colour."""
    import numpy as np
    from PIL import Image, ImageOps

    border = _border(np.asarray(image))
    ground = tuple(int(value) for value in np.atleast_1d(np.median(border, axis=0)))
    colour = ground[0] if len(ground) == 1 else ground
    return ImageOps.pad(image, (width, height), Image.Resampling.BOX, color=colour)


def _border(values: "np.ndarray") -> Any:
    import numpy as np

    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
