"""Data sets from folders of files, one folder a class."""

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gyeol import config
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.dataset import Dataset
from gyeol.utils.image_files import RESIZINGS, cropped, img_to_array, load_img, padded, resized
from gyeol.utils.progbar import print_msg
from gyeol.utils.threads import in_order

IMAGE_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
# What a file of these endings may hold. Some of Pillow's other formats start a program.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "WEBP")


@exported("keras.preprocessing")
@exported("keras.utils")
def image_dataset_from_directory(
    directory: str | os.PathLike,
    labels: str | Sequence[int] | None = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Pictures in folders, as batches of (images, labels); several threads read them.

    A file that is damaged, holds something else, or has more pixels than Pillow's
    ``PIL.Image.MAX_IMAGE_PIXELS`` (89 million) stops the walk with an error that names it. A link
    to a file, and a class folder that is a link, are followed wherever they lead.

    Args:
        directory: holds a folder for each class, each with pictures (.bmp, .gif, .jpeg, .jpg,
            .png), in folders of their own too.
        labels: 'inferred' from the folders; None for pictures alone; or a list of whole numbers in
            the order of the files' paths.
        label_mode: 'int'; 'binary' for 0. and 1. of shape (batch, 1); 'categorical' for one-hot
            rows; None for pictures alone.
        class_names: the classes to take, in this order; all, by the alphabet, by default.
        color_mode: 'rgb', 'rgba' or 'grayscale'.
        batch_size: pictures a batch; None for one picture after another.
        image_size: (height, width) to which each is brought.
        shuffle: whether the files are taken in a random order.
        seed: from which that order follows.
        validation_split: the share of the files that is kept for validation.
        subset: 'training', 'validation' or 'both', with `validation_split`.
        interpolation: 'bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian'
            or 'mitchellcubic'.
        follow_links: whether links to folders within the class folders are followed too; each
            folder is walked through once.
        crop_to_aspect_ratio: whether pictures of another shape are cut instead of distorted.
        pad_to_aspect_ratio: whether they get black edges instead.
        data_format: 'channels_first' or 'channels_last'; that of `gyeol.config` by default.
        format: taken for Keras's sake.
        verbose: whether to say how many files were found.

    Returns:
        A `Dataset` of float32 images, 0 to 255, and labels, with the attributes `class_names` and
        `file_paths`; for 'both' a list of two.

    Raises:
        ValueError: an argument that is none of the above, or no pictures; while it is walked over,
            a picture that cannot be read.
        OSError: a folder that cannot be read.
    """
    _check_choice("label_mode", label_mode, ("int", "binary", "categorical", None))
    _check_choice("color_mode", color_mode, ("rgb", "rgba", "grayscale"))
    _check_choice("interpolation", interpolation.lower(), RESIZINGS)
    _check_split(validation_split, subset, shuffle, seed)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Give one of crop_to_aspect_ratio and pad_to_aspect_ratio, not both.")
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    first = config.standardize_data_format(data_format) == "channels_first"
    labels = None if label_mode is None else labels
    seed = int(np.random.randint(10**6)) if seed is None else seed
    paths, numbers, names = _indexed(
        directory, labels, class_names, shuffle, seed, follow_links, verbose
    )
    if label_mode == "binary" and numbers is not None and len(names) != 2:
        raise ValueError(
            f"label_mode='binary' is for 2 classes; {directory} has {len(names)}: {names}."
        )

    def loaded(element: Any) -> Any:
        path, label = element if numbers is not None else (element, None)
        image = np.asarray(img_to_array(_picture(str(path), color_mode), "channels_last"))
        if pad_to_aspect_ratio:
            image = padded(image, size, interpolation.lower())
        else:
            image = cropped(image, size) if crop_to_aspect_ratio else image
            image = resized(image, size, interpolation.lower())
        image = image.transpose(2, 0, 1) if first else image
        return image if numbers is None else (image, label)

    def dataset(part: slice, shuffled: bool) -> Dataset:
        chosen = np.array(paths[part])
        if not len(chosen):
            raise ValueError(
                tr(
                    "{directory} has no pictures ({endings}) for this data set.",
                    directory=directory,
                    endings=", ".join(IMAGE_ENDINGS),
                )
            )
        rows = chosen if numbers is None else (chosen, _encoded(numbers[part], label_mode, names))
        files = Dataset.from_tensor_slices(rows)
        if shuffled:
            files = files.shuffle(8 * batch_size if batch_size else 1024, seed)
        workers = min(8, os.cpu_count() or 1)

        def elements() -> Iterator[Any]:
            return in_order(loaded, files._elements(), workers, 4 * workers)

        data = Dataset(elements, len(chosen))
        data = data if batch_size is None else data.batch(batch_size)
        data.class_names, data.file_paths = names, paths[part]
        return data

    held_out = int((validation_split or 0) * len(paths))
    parts = {
        None: slice(None),
        "training": slice(0, len(paths) - held_out),
        "validation": slice(len(paths) - held_out, None),
    }
    if subset == "both":
        return [dataset(parts["training"], shuffle), dataset(parts["validation"], False)]
    if subset is not None and verbose:
        count = len(paths[parts[subset]])
        print_msg(f"Using {count} files for {subset}.")
    return dataset(parts[subset], shuffle)


def _check_choice(name: str, given: Any, choices: Sequence[Any]) -> None:
    if given not in choices:
        raise ValueError(f"{name} is one of {', '.join(map(repr, choices))}; got {given!r}.")


def _check_split(share: float | None, subset: str | None, shuffle: bool, seed: Any) -> None:
    _check_choice("subset", subset, ("training", "validation", "both", None))
    if share and not 0 < share < 1:
        raise ValueError(f"validation_split is a number between 0 and 1; got {share!r}.")
    if bool(share) != bool(subset):
        raise ValueError("validation_split and subset go together: give both or neither.")
    if share and shuffle and seed is None:
        raise ValueError(
            "With validation_split and shuffle, give a seed, the same for both subsets: else the "
            "training and the validation set overlap."
        )


def _indexed(
    directory: str | os.PathLike,
    labels: Any,
    class_names: Sequence[str] | None,
    shuffle: bool,
    seed: int,
    follow_links: bool,
    verbose: bool,
) -> tuple[list[str], np.ndarray | None, list[str] | None]:
    """The files' paths, their labels, and the names of the classes; shuffled as Keras does it."""
    root = Path(directory)
    if not root.is_dir():
        raise FileNotFoundError(tr("There is no folder {directory}.", directory=directory))
    if class_names is not None and labels != "inferred":
        raise ValueError("class_names goes with labels='inferred'.")
    if labels == "inferred":
        found = sorted(p.name for p in root.iterdir() if p.is_dir() and p.name[0] != ".")
        unknown = set(class_names or ()) - set(found)
        if unknown:
            raise ValueError(
                f"class_names holds {', '.join(sorted(map(repr, unknown)))}; the folders of "
                f"{directory} are {', '.join(found)}."
            )
        names = list(class_names) if class_names is not None else found
        files = [_files(root / name, follow_links) for name in names]
        numbers = np.repeat(np.arange(len(names), dtype="int32"), list(map(len, files)))
        paths = [path for group in files for path in group]
    else:
        paths, names, numbers = _files(root, follow_links), None, None
        if labels is not None:
            if isinstance(labels, str) or not hasattr(labels, "__len__"):
                raise ValueError(f"labels is 'inferred', None or a list; got {labels!r}.")
            if len(labels) != len(paths):
                raise ValueError(
                    f"labels has {len(labels)} entries; {directory} has {len(paths)} files."
                )
            numbers, names = np.array(labels), [str(label) for label in sorted(set(labels))]
    if verbose:
        where = f" belonging to {len(names)} classes" if names is not None else ""
        print_msg(f"Found {len(paths)} files{where}.")
    if shuffle:
        np.random.RandomState(seed).shuffle(paths)
        if numbers is not None:
            np.random.RandomState(seed).shuffle(numbers)
    return paths, numbers, names


def _picture(path: str, color_mode: str) -> Any:
    from PIL import Image

    try:
        if not os.path.isfile(path):  # a pipe would be waited for
            raise ValueError(tr("it is no file"))
        content = io.BytesIO(Path(path).read_bytes())
        with Image.open(content, formats=_FORMATS) as image:
            most, pixels = Image.MAX_IMAGE_PIXELS, image.width * image.height
        if most is not None and pixels > most:
            raise ValueError(
                tr("it has {pixels} pixels, more than {most}", pixels=pixels, most=most)
            )
        return load_img(content, color_mode)
    except Exception as error:  # bytes from outside can fail in any way a library knows
        raise ValueError(
            tr(
                "The picture {path} cannot be read: {reason}. Repair it or take it away.",
                path=path,
                reason=str(error) or type(error).__name__,
            )
        ) from error


def _files(folder: Path, follow_links: bool) -> list[str]:
    walk = sorted(_walked(folder, follow_links))
    return [
        os.path.join(where, name)
        for where, names in walk
        for name in sorted(names)
        if name.lower().endswith(IMAGE_ENDINGS)
    ]


def _walked(folder: Path, follow_links: bool) -> Iterator[tuple[str, list[str]]]:
    """The folders at and below `folder`, with the names of their files."""

    def refuse(error: OSError) -> None:
        raise error  # a folder left out in silence would be data lost in silence

    seen = set()
    for where, folders, names in os.walk(folder, onerror=refuse, followlinks=follow_links):
        yield where, names
        if follow_links:  # links may lead around in a circle
            seen.add(os.path.realpath(where))
            folders[:] = [
                name for name in folders if os.path.realpath(os.path.join(where, name)) not in seen
            ]


def _encoded(numbers: np.ndarray, mode: str, names: list[str]) -> np.ndarray:
    if mode == "binary":
        return numbers.astype("float32")[:, None]
    if mode == "categorical":
        return np.eye(len(names), dtype="float32")[numbers]
    return numbers.astype("int32")
