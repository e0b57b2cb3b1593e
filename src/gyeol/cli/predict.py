"""`gyeol predict runs/a picture.png`: what a trained model sees in pictures."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Framing:
    """How a data set places what is drawn.

    Args:
        share: of the picture's side that it takes.
        by_mass: whether its centre of mass, not of its box, lies in the middle.
    """

    share: float
    by_mass: bool = False


_FRAMINGS = {
    "digits": _Framing(1.0),
    "mnist": _Framing(20 / 28, by_mass=True),
    "fashion_mnist": _Framing(1.0),
}


def predict(
    run: Annotated[Path, typer.Argument(help=tr("A run folder, or a .keras file."))],
    pictures: Annotated[list[Path], typer.Argument(help=tr("Pictures, grey or in colour."))],
) -> None:
    """Print the most probable classes of each picture, and what was done to it before."""
    path, config = runs.model_file(run), runs.read_config(run)
    for picture in pictures:
        if not picture.is_file():
            raise no_such_file(picture)

    import numpy as np

    from gyeol.models import load_model
    from gyeol.report.answers import is_logits
    from gyeol.report.scores import probabilities_of

    model = load_model(path)
    shape = tuple(model.input_shape[1:])
    if len(shape) not in (2, 3) or None in shape or (len(shape) == 3 and shape[2] not in (1, 3)):
        raise UsageError(
            tr("{path} takes no pictures: its input is {shape}.", path=run, shape=shape)
        )
    high = runs.highest_input(model, config)
    framing = _FRAMINGS.get(config.get("dataset"))
    names = config.get("class_names", ())
    for picture in pictures:
        values, notes = prepared(picture, shape, high, framing)
        outputs = np.asarray(model.predict(values[None], verbose=0))
        probabilities = probabilities_of(outputs, is_logits(model))[0]
        best = probabilities.argsort()[::-1][:_TOP]
        answers = [
            f"{names[label] if label < len(names) else label} ({100 * probabilities[label]:.1f} %)"
            for label in best
        ]
        print(f"{picture}: {', '.join(answers)}")
        if notes:
            print(f"  {' '.join(notes)}")


def prepared(
    path: Path, shape: tuple[int, ...], high: float, framing: _Framing | None = None
) -> tuple["np.ndarray", list[str]]:
    """A picture as the model's input, and what had to be done to it, in words.

    Args:
        path: of the picture.
        shape: (height, width), or with 1 or 3 channels.
        high: the value of a white pixel.
        framing: how the training pictures place what is drawn; None to leave it where it is.

    Raises:
        ValueError: the file is no picture that can be read.
    """
    import numpy as np

    grey = len(shape) == 2 or shape[2] == 1
    image = _opened(path).convert("L" if grey else "RGB")
    notes = []
    if grey:
        image, note = _light_on_dark(image)
        notes += note
    size = image.size
    if size != (shape[1], shape[0]):
        if framing:
            image, note = _framed(image, framing)
            notes += note
        image = _resized(image, shape[1], shape[0])
        fields = {"width": size[0], "height": size[1], "rows": shape[0], "columns": shape[1]}
        notes.append(tr("Resized from {width}x{height} to {columns}x{rows}.", **fields))
    return (np.asarray(image, np.float32) * (high / 255)).reshape(shape), notes


def _light_on_dark(image: "Image") -> tuple["Image", list[str]]:
    """The grey picture with a dark ground, as handwriting and clothes have it in the data sets."""
    import numpy as np
    from PIL import ImageOps

    ground = np.median(_border(np.asarray(image))) / 255
    if ground > 0.6:
        return ImageOps.invert(image), [tr("Inverted, as its ground is light.")]
    if ground > 0.4:
        return image, [tr("Its ground is neither light nor dark; it was taken as it is.")]
    return image, []


def _framed(image: "Image", framing: _Framing) -> tuple["Image", list[str]]:
    """What is drawn in the grey picture, placed in a square as in the data set."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, np.float32)
    ground = np.median(_border(values))
    strength = np.abs(values - ground)
    strength[strength <= strength.max() / 3] = 0
    rows, columns = np.nonzero(strength)
    if not len(rows):
        return image, []
    drawn = image.crop((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    middle_x, middle_y = drawn.width / 2, drawn.height / 2
    if framing.by_mass:
        weights = strength[rows, columns]
        middle_x = np.average(columns - columns.min(), weights=weights)
        middle_y = np.average(rows - rows.min(), weights=weights)
    side = round(max(drawn.size) / framing.share)
    square = Image.new("L", (side, side), int(ground))
    square.paste(drawn, (round(side / 2 - middle_x), round(side / 2 - middle_y)))
    return square, [tr("Cut to what is drawn.")]


def _opened(path: Path) -> "Image":
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file)  # a copy, loaded
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(tr("{path} is not a picture that can be read.", path=path)) from error
    if image.mode.startswith("I"):  # 16 bits a pixel, which `convert` would cut off at 255
        image = Image.fromarray((np.asarray(image) // 257).clip(0, 255).astype(np.uint8))
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
