"""`ImageDataGenerator`, and pictures changed at random, one by one, on the CPU.

Scripts of Keras 2 use these. In new programs layers such as `RandomFlip` do the same within the
compiled program. Random numbers come from NumPy's global generator, in Keras's order.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gyeol import config
from gyeol.serialization import exported
from gyeol.text import tr, warn
from gyeol.utils import PyDataset
from gyeol.utils.image_files import (
    array_to_img,
    cropped,
    img_to_array,
    load_img,
    resized,
    save_img,
)
from gyeol.utils.progbar import print_msg

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
    "smart_resize",
]

_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff")
_FILL_MODES = ("nearest", "constant", "reflect", "wrap")


class ImageDataGenerator:
    """Batches of pictures, changed at random and normalized, from arrays or files.

    Args:
        featurewise_center: subtract the mean of the data that `fit` saw.
        samplewise_center: subtract each picture's own mean.
        featurewise_std_normalization: divide by the standard deviation of the data.
        samplewise_std_normalization: divide each picture by its own.
        zca_whitening: make the pixels uncorrelated, by what `fit` saw.
        zca_epsilon: keeps that from dividing by zero.
        rotation_range: turn by up to so many degrees.
        width_shift_range, height_shift_range: shift by up to that share of the size if below 1,
            else by so many pixels; or by one of a list.
        brightness_range: two factors between which the brightness is chosen.
        shear_range: shear by up to so many degrees.
        zoom_range: zoom between 1 - zoom_range and 1 + zoom_range, or between two factors.
        channel_shift_range: add up to so much to all values.
        fill_mode: what stands outside of the picture: 'nearest', 'constant', 'reflect' or 'wrap'.
        cval: the value for 'constant'.
        horizontal_flip, vertical_flip: flip every other picture.
        rescale: a factor for the values.
        preprocessing_function: a function of each picture, before the factor.
        data_format: 'channels_first' or 'channels_last'; that of `gyeol.config` by default.
        validation_split: the share of the data kept for ``subset='validation'``.
        interpolation_order: of the splines that pictures are turned with; 1 is linear.
        dtype: the float type of `gyeol.config` by default.

    >>> generator = ImageDataGenerator(rescale=1 / 255)
    >>> images = generator.flow(np.full((3, 2, 2, 1), 255.0), batch_size=2)
    >>> len(images), float(next(images).max())
    (2, 1.0)
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: float | Sequence[float] = 0.0,
        height_shift_range: float | Sequence[float] = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ):
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                tr(
                    "validation_split takes a number between 0 and 1; got {share!r}.",
                    share=validation_split,
                )
            )
        for name, pair in (("zoom_range", zoom_range), ("brightness_range", brightness_range)):
            single = name == "zoom_range" and isinstance(pair, (int, float))
            if pair is not None and not single and np.shape(pair) != (2,):
                raise ValueError(f"{name} takes two numbers; got {pair!r}.")
        if fill_mode not in _FILL_MODES:
            raise ValueError(f"fill_mode is one of {', '.join(_FILL_MODES)}; got {fill_mode!r}.")
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.featurewise_center = (
            featurewise_center or featurewise_std_normalization or zca_whitening
        )
        self.samplewise_std_normalization = samplewise_std_normalization
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = brightness_range
        self.shear_range = shear_range
        if isinstance(zoom_range, (int, float)):
            zoom_range = (1 - zoom_range, 1 + zoom_range)
        self.zoom_range = list(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format = config.standardize_data_format(data_format)
        self.validation_split = validation_split
        self.interpolation_order = interpolation_order
        self.dtype = dtype or config.floatx()
        # The axes of one picture.
        first = self.data_format == "channels_first"
        self._rows, self._columns, self._channels = (1, 2, 0) if first else (0, 1, 2)
        self.mean: np.ndarray | None = None
        self.std: np.ndarray | None = None
        self.zca_whitening_matrix: np.ndarray | None = None

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | os.PathLike | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> "NumpyArrayIterator":
        """Batches from arrays, without end.

        Args:
            x: the pictures, with four axes; or (pictures, [other arrays]).
            y: the targets.
            batch_size: pictures a batch.
            shuffle: whether each pass has a new order.
            sample_weight: a weight for each picture.
            seed: what the random numbers follow from.
            save_to_dir, save_prefix, save_format: where, under what name and as what to write the
                changed pictures.
            ignore_class_split: whether the subsets may have different classes.
            subset: 'training' or 'validation', with `validation_split`.
        """
        saving = (save_to_dir, save_prefix, save_format)
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, saving, ignore_class_split, subset
        )

    def flow_from_directory(
        self,
        directory: str | os.PathLike,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> "DirectoryIterator":
        """Batches from a folder that holds a folder of pictures for each class, without end.

        Args:
            directory: the folder.
            target_size: (height, width) to which each picture is brought.
            color_mode: 'rgb', 'rgba' or 'grayscale'.
            classes: the classes' folders, in order; all by default.
            class_mode: 'categorical', 'binary', 'sparse', 'input' for the pictures themselves, or
                None for no targets.
            follow_links: whether links to folders are followed.
            interpolation, keep_aspect_ratio: as for `load_img`.
            batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset: as for `flow`.
        """
        loading = (target_size, color_mode, interpolation, keep_aspect_ratio)
        saving = (save_to_dir, save_prefix, save_format)
        return DirectoryIterator(
            directory, self, classes, class_mode, loading, batch_size, shuffle, seed, saving,
            follow_links, subset,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | os.PathLike | None = None,
        x_col: str = "filename",
        y_col: str | Sequence[str] | None = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
    ) -> "DataFrameIterator":
        """Batches from files that a pandas data frame names, without end.

        Args:
            dataframe: the frame.
            directory: what the names are relative to.
            x_col: the column of the names.
            y_col: the column of the targets, or a list of them.
            weight_col: the column of the weights.
            classes: the classes, in order; those of the frame, sorted, by default.
            class_mode: as for `flow_from_directory`; 'raw' for the values as they are,
                'multi_output' for a list of columns.
            validate_filenames: whether names of files that are not there are left out.
            target_size, color_mode, interpolation, batch_size, shuffle, seed, save_to_dir,
                save_prefix, save_format, subset: as for `flow_from_directory`.
        """
        loading = (target_size, color_mode, interpolation, False)
        saving = (save_to_dir, save_prefix, save_format)
        return DataFrameIterator(
            dataframe, directory, self, (x_col, y_col, weight_col), classes, class_mode, loading,
            batch_size, shuffle, seed, saving, subset, validate_filenames,
        )  # fmt: skip

    def get_random_transform(
        self, img_shape: tuple[int, ...], seed: int | None = None
    ) -> dict[str, Any]:
        """What is done to a picture of that shape, drawn at random."""
        if seed is not None:
            np.random.seed(seed)

        def within(limit: float) -> float:
            return np.random.uniform(-limit, limit) if limit else 0

        def shift(limits: float | Sequence[float], size: int) -> float:
            if not np.any(limits):
                return 0
            if np.ndim(limits) or isinstance(limits, int):
                drawn = np.random.choice(limits) * np.random.choice([-1, 1])
            else:
                drawn = np.random.uniform(-limits, limits)
            return drawn * size if np.max(limits) < 1 else drawn

        theta = within(self.rotation_range)
        tx = shift(self.height_shift_range, img_shape[self._rows])
        ty = shift(self.width_shift_range, img_shape[self._columns])
        shear = within(self.shear_range)
        zx, zy = 1, 1
        if self.zoom_range != [1, 1]:
            zx, zy = np.random.uniform(*self.zoom_range, 2)
        flips = [
            bool((np.random.random() < 0.5) * flip)
            for flip in (self.horizontal_flip, self.vertical_flip)
        ]
        channel_shift = within(self.channel_shift_range) if self.channel_shift_range else None
        brightness = self.brightness_range and np.random.uniform(*self.brightness_range)
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy,
            "flip_horizontal": flips[0], "flip_vertical": flips[1],
            "channel_shift_intensity": channel_shift, "brightness": brightness,
        }  # fmt: skip

    def apply_transform(self, x: np.ndarray, transform_parameters: Mapping[str, Any]) -> np.ndarray:
        """A picture changed as `get_random_transform` says."""
        given = transform_parameters
        moves = {name: given[name] for name in ("theta", "tx", "ty", "shear", "zx", "zy")
                 if name in given}  # fmt: skip
        x = apply_affine_transform(
            x,
            **moves,
            row_axis=self._rows,
            col_axis=self._columns,
            channel_axis=self._channels,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], self._channels)
        if given.get("flip_horizontal"):
            x = np.flip(x, self._columns)
        if given.get("flip_vertical"):
            x = np.flip(x, self._rows)
        if given.get("brightness") is not None:
            x = apply_brightness_shift(x, given["brightness"], False)
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """A picture changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """A picture, or a batch, normalized; the array itself is changed."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self.mean is None:
            warn(
                tr(
                    "This ImageDataGenerator normalizes by the data but has seen none: call "
                    "fit(x_train) first."
                )
            )
            return x
        if self.featurewise_center:
            x -= self.mean
        if self.featurewise_std_normalization:
            x /= self.std + 1e-6
        if self.zca_whitening:
            x = (
                x.reshape(-1, self.zca_whitening_matrix.shape[0]) @ self.zca_whitening_matrix
            ).reshape(x.shape)
        return x

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Learn the means and deviations that the featurewise settings need.

        Args:
            x: pictures, with four axes.
            augment: whether to learn them from pictures changed at random.
            rounds: how many times each is changed then.
            seed: what the random numbers follow from.
        """
        x = np.array(x, self.dtype)
        if x.ndim != 4:
            raise ValueError(f"fit takes pictures with four axes; got shape {x.shape}.")
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(picture) for _ in range(rounds) for picture in x])
        axes = tuple(axis for axis in range(4) if axis != self._channels + 1)
        if self.featurewise_center:
            self.mean = x.mean(axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = x.std(axes, keepdims=True)[0]
            x /= self.std + 1e-6
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))) @ u.T

    def _share(self, count: int, subset: str | None) -> slice:
        """Which of `count` samples belong to a subset; the first are for validation."""
        if subset not in ("training", "validation", None):
            raise ValueError(f"subset is 'training' or 'validation'; got {subset!r}.")
        held_out = int(count * self.validation_split)
        return {
            "validation": slice(0, held_out),
            "training": slice(held_out, None),
            None: slice(None),
        }[subset]


# Batches --------------------------------------------------------------------------------------


class Iterator(PyDataset):
    """Batches by number, and without end by `next`; to subclass with `_batch(rows)`.

    Args:
        n: the number of samples.
        batch_size: samples a batch.
        shuffle: whether each pass has a new order.
        seed: what the random numbers follow from.
    """

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = n
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: np.ndarray | None = None

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(f"There are {len(self)} batches; there is no {index}.")
        self._seed()
        if self.index_array is None:
            self.on_epoch_end()
        return self._batch(self.index_array[index * self.batch_size :][: self.batch_size])

    def on_epoch_end(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def reset(self) -> None:
        """Let `next` begin at the first batch."""
        self.batch_index = 0

    def __iter__(self) -> "Iterator":
        return self

    def __next__(self) -> Any:
        self._seed()
        if self.batch_index == 0:
            self.on_epoch_end()
        begin = self.batch_index * self.batch_size
        self.batch_index = (self.batch_index + 1) % max(len(self), 1)
        return self._batch(self.index_array[begin : begin + self.batch_size])

    next = __next__

    def _seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def _batch(self, rows: np.ndarray) -> Any:
        raise NotImplementedError

    def _changed(
        self, generator: ImageDataGenerator, picture: Callable[[int], np.ndarray],
        rows: np.ndarray, saving: tuple
    ) -> np.ndarray:  # fmt: skip
        """Pictures, changed and normalized; written to files if that is asked for."""
        x = [generator.standardize(generator.random_transform(picture(row))) for row in rows]
        batch = np.stack(x).astype(generator.dtype)
        folder, prefix, ending = saving
        if folder:
            for row, image in zip(rows, batch):
                name = f"{prefix}_{row}_{np.random.randint(10**4)}.{ending}"
                save_img(Path(folder, name), image, generator.data_format)
        return batch


class NumpyArrayIterator(Iterator):
    """What `ImageDataGenerator.flow` gives."""

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: ImageDataGenerator,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        saving: tuple = (None, "", "png"),
        ignore_class_split: bool = False,
        subset: str | None = None,
    ):
        others: list[np.ndarray] = []
        if isinstance(x, (tuple, list)):
            x, more = x
            others = [np.asarray(item) for item in (more if isinstance(more, list) else [more])]
        x = np.asarray(x, image_data_generator.dtype)
        beside = {"y": y, "sample_weight": sample_weight}
        beside.update((f"x[1][{i}]", item) for i, item in enumerate(others))
        for name, item in beside.items():
            if item is not None and len(item) != len(x):
                raise ValueError(f"There are {len(x)} pictures, but {name} has {len(item)} rows.")
        if x.ndim != 4:
            raise ValueError(
                f"flow takes pictures with four axes, (pictures, height, width, channels); got "
                f"shape {x.shape}."
            )
        part = image_data_generator._share(len(x), subset)
        y = None if y is None else np.asarray(y)
        if subset is not None and y is not None and not ignore_class_split:
            middle = int(len(x) * image_data_generator.validation_split)
            if not np.array_equal(np.unique(y[:middle]), np.unique(y[middle:])):
                raise ValueError(
                    "The training and the validation subset have different classes. Shuffle data "
                    "that are sorted by class, or give ignore_class_split=True."
                )
        self.x, self.x_misc = x[part], [item[part] for item in others]
        self.y = None if y is None else y[part]
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)[part]
        self.image_data_generator = image_data_generator
        self._saving = saving
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _batch(self, rows: np.ndarray) -> Any:
        x = self._changed(
            self.image_data_generator, lambda row: self.x[row].copy(), rows, self._saving
        )
        inputs = [x, *(item[rows] for item in self.x_misc)] if self.x_misc else x
        if self.y is None:
            return inputs
        if self.sample_weight is None:
            return inputs, self.y[rows]
        return inputs, self.y[rows], self.sample_weight[rows]


class _FileIterator(Iterator):
    """Batches of files.

    Attributes:
        filepaths: the files.
        classes: the class of each, if it has one.
        class_indices: class by name.
    """

    filepaths: list[str]
    classes: Any
    class_indices: dict[str, int]
    sample_weight: np.ndarray | None = None

    def _prepare(
        self, generator: ImageDataGenerator, class_mode: str | None, loading: tuple, saving: tuple,
        modes: Sequence[str | None]
    ) -> None:  # fmt: skip
        if class_mode not in modes:
            raise ValueError(
                f"class_mode is one of {', '.join(map(repr, modes))}; got {class_mode!r}."
            )
        self.image_data_generator = generator
        self.class_mode = class_mode
        self.target_size, self.color_mode, *self._resizing = loading
        channels = {"rgb": 3, "rgba": 4, "grayscale": 1}.get(self.color_mode)
        if channels is None:
            raise ValueError(
                f"color_mode is 'rgb', 'rgba' or 'grayscale'; got {self.color_mode!r}."
            )
        height, width = self.target_size
        first = generator.data_format == "channels_first"
        self.image_shape = (channels, height, width) if first else (height, width, channels)
        self._saving = saving

    @property
    def samples(self) -> int:
        """The number of files."""
        return self.n

    @property
    def num_classes(self) -> int:
        return len(self.class_indices)

    @property
    def labels(self) -> Any:
        return self.classes

    def _picture(self, row: int) -> np.ndarray:
        image = load_img(self.filepaths[row], self.color_mode, self.target_size, *self._resizing)
        generator = self.image_data_generator
        return np.array(img_to_array(image, generator.data_format, generator.dtype))

    def _batch(self, rows: np.ndarray) -> Any:
        x = self._changed(self.image_data_generator, self._picture, rows, self._saving)
        if self.class_mode is None:
            return x
        y = self._targets(x, rows)
        return (x, y) if self.sample_weight is None else (x, y, self.sample_weight[rows])

    def _targets(self, x: np.ndarray, rows: np.ndarray) -> Any:
        dtype = self.image_data_generator.dtype
        if self.class_mode == "input":
            return x.copy()
        if self.class_mode == "multi_output":
            return [column[rows] for column in self.classes]
        chosen = np.asarray(self.classes)[rows]
        if self.class_mode == "categorical":
            return np.eye(self.num_classes, dtype=dtype)[chosen]
        return chosen if self.class_mode == "raw" else chosen.astype(dtype)


class DirectoryIterator(_FileIterator):
    """What `ImageDataGenerator.flow_from_directory` gives."""

    def __init__(
        self,
        directory: str | os.PathLike,
        image_data_generator: ImageDataGenerator,
        classes: Sequence[str] | None,
        class_mode: str | None,
        loading: tuple,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        saving: tuple,
        follow_links: bool,
        subset: str | None,
    ):
        modes = ("categorical", "binary", "sparse", "input", None)
        self._prepare(image_data_generator, class_mode, loading, saving, modes)
        root = Path(directory)
        if not root.is_dir():
            raise FileNotFoundError(tr("There is no folder {directory}.", directory=directory))
        names = list(classes or sorted(path.name for path in root.iterdir() if path.is_dir()))
        self.directory = os.fspath(directory)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames: list[str] = []
        numbers = []
        for number, name in enumerate(names):
            found = [
                os.path.relpath(os.path.join(where, file), root)
                for where, _, files in sorted(os.walk(root / name, followlinks=follow_links))
                for file in sorted(files)
                if file.lower().endswith(_ENDINGS)
            ]
            found = found[image_data_generator._share(len(found), subset)]
            self.filenames += found
            numbers += [number] * len(found)
        self.classes = np.array(numbers, "int32")
        self.filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        print_msg(f"Found {len(numbers)} images belonging to {len(names)} classes.")
        super().__init__(len(numbers), batch_size, shuffle, seed)


class DataFrameIterator(_FileIterator):
    """What `ImageDataGenerator.flow_from_dataframe` gives."""

    def __init__(
        self,
        dataframe: Any,
        directory: str | os.PathLike | None,
        image_data_generator: ImageDataGenerator,
        columns: tuple,
        classes: Sequence[str] | None,
        class_mode: str | None,
        loading: tuple,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        saving: tuple,
        subset: str | None,
        validate_filenames: bool,
    ):
        modes = ("categorical", "binary", "sparse", "input", "raw", "multi_output", None)
        self._prepare(image_data_generator, class_mode, loading, saving, modes)
        x_col, y_col, weight_col = columns
        rows = list(range(len(dataframe)))
        paths = [os.path.join(directory or "", name) for name in dataframe[x_col]]
        if validate_filenames:
            rows = [i for i in rows if os.path.isfile(paths[i]) and
                    paths[i].lower().endswith(_ENDINGS)]  # fmt: skip
            if len(rows) < len(paths):
                warn(
                    tr(
                        "{count} names in column {column!r} are of no picture and are left out.",
                        count=len(paths) - len(rows),
                        column=x_col,
                    )
                )
        labelled = class_mode in ("categorical", "binary", "sparse")
        labels = list(dataframe[y_col]) if labelled else []
        if labelled:
            names = list(classes or sorted({labels[i] for i in rows}))
            rows = [i for i in rows if labels[i] in names]
        else:
            names = []
        rows = rows[image_data_generator._share(len(rows), subset)]
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames = [dataframe[x_col].iloc[i] for i in rows]
        self.filepaths = [paths[i] for i in rows]
        self.classes = [self.class_indices[labels[i]] for i in rows] if labelled else None
        if class_mode == "raw":
            self.classes = dataframe[y_col].to_numpy()[rows]
        elif class_mode == "multi_output":
            self.classes = [np.array(dataframe[name].tolist())[rows] for name in y_col]
        if weight_col is not None:
            self.sample_weight = dataframe[weight_col].to_numpy()[rows]
        of_classes = f" belonging to {len(names)} classes" if labelled else ""
        print_msg(f"Found {len(rows)} validated image filenames{of_classes}.")
        super().__init__(len(rows), batch_size, shuffle, seed)


# One picture ----------------------------------------------------------------------------------


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """A picture turned, shifted, sheared and zoomed about its middle.

    Args:
        x: the picture, with three axes.
        theta: degrees to turn by.
        tx, ty: pixels to shift by, in rows and in columns.
        shear: degrees to shear by.
        zx, zy: factors of the part of the picture that is seen.
        row_axis, col_axis, channel_axis: what the axes are.
        fill_mode, cval, order: as `scipy.ndimage.affine_transform` has them.
    """
    if sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or x.ndim != 3:
        raise ValueError(
            f"apply_affine_transform takes a picture with three axes, named 0 to 2; got shape "
            f"{x.shape} and axes {row_axis}, {col_axis} and {channel_axis}."
        )
    turn, lean = np.deg2rad(theta), np.deg2rad(shear)
    matrix = (
        np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        @ np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
        @ np.array([[1, -np.sin(lean), 0], [0, np.cos(lean), 0], [0, 0, 1]])
        @ np.diag([zx, zy, 1])
    )
    if np.array_equal(matrix, np.eye(3)):
        return x
    from scipy.ndimage import affine_transform

    middle = np.eye(3)
    middle[:2, 2] = x.shape[row_axis] / 2 - 0.5, x.shape[col_axis] / 2 - 0.5
    matrix = middle @ matrix @ np.linalg.inv(middle)
    if col_axis > row_axis:
        # Keras means x and y, and arrays are indexed by y and x.
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    channels = [
        affine_transform(channel, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode,
                         cval=cval)
        for channel in np.moveaxis(x, channel_axis, 0)
    ]  # fmt: skip
    return np.stack(channels, axis=channel_axis)


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """A picture with a number added, within the range of its values."""
    return np.clip(x + intensity, x.min(), x.max())


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """A picture with its brightness multiplied.

    Args:
        x: the picture.
        brightness: the factor.
        scale: whether its values are stretched to 0 to 255.
    """
    from PIL import ImageEnhance

    low, high = x.min(), x.max()
    outside = bool(low < 0 or high > 255)
    image = array_to_img(x, scale=outside or scale)
    x = img_to_array(ImageEnhance.Brightness(image).enhance(brightness))
    return x / 255 * (high - low) + low if outside and not scale else x


def random_rotation(x: np.ndarray, rg: float, *args: Any, **kwargs: Any) -> np.ndarray:
    """A picture turned by up to `rg` degrees; the rest as for `random_shift`."""
    return _moved(x, {"theta": np.random.uniform(-rg, rg)}, *args, **kwargs)


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    *args: Any,
    **kwargs: Any,
) -> np.ndarray:
    """A picture shifted by up to these shares of its width and height.

    Args:
        x: the picture.
        wrg, hrg: the shares.
        row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order: as for
            `apply_affine_transform`.
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return _moved(x, {"tx": tx, "ty": ty}, row_axis, col_axis, *args, **kwargs)


def random_shear(x: np.ndarray, intensity: float, *args: Any, **kwargs: Any) -> np.ndarray:
    """A picture sheared by up to so many degrees; the rest as for `random_shift`."""
    return _moved(x, {"shear": np.random.uniform(-intensity, intensity)}, *args, **kwargs)


def random_zoom(
    x: np.ndarray, zoom_range: Sequence[float], *args: Any, **kwargs: Any
) -> np.ndarray:
    """A picture zoomed between two factors; the rest as for `random_shift`."""
    zx, zy = (1, 1) if list(zoom_range) == [1, 1] else np.random.uniform(*zoom_range, 2)
    return _moved(x, {"zx": zx, "zy": zy}, *args, **kwargs)


def _moved(
    x: np.ndarray,
    moves: Mapping[str, float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    axes = {"row_axis": row_axis, "col_axis": col_axis, "channel_axis": channel_axis}
    filling = {"fill_mode": fill_mode, "cval": cval, "order": interpolation_order}
    return apply_affine_transform(x, **moves, **axes, **filling)


def random_channel_shift(
    x: np.ndarray, intensity_range: float, channel_axis: int = 0
) -> np.ndarray:
    """A picture with up to `intensity_range` added."""
    intensity = np.random.uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, intensity, channel_axis)


def random_brightness(
    x: np.ndarray, brightness_range: Sequence[float], scale: bool = True
) -> np.ndarray:
    """A picture with its brightness multiplied by a number between two."""
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)


@exported("keras.preprocessing.image")
def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
    **kwargs: Any,
) -> np.ndarray:
    """A picture, or a batch, in another size; its middle is cut out in that shape first.

    Args:
        x: (..., height, width, channels).
        size: (height, width).
        interpolation: 'bilinear', 'nearest', 'bicubic', 'lanczos3' or 'lanczos5'.
        data_format: 'channels_first' for (..., channels, height, width).
    """
    if kwargs:
        raise TypeError(f"smart_resize has no argument {', '.join(map(repr, kwargs))}.")
    image = np.asarray(x)
    if image.ndim not in (3, 4) or len(size) != 2:
        raise ValueError(
            f"smart_resize takes a picture or a batch of them and (height, width); got shape "
            f"{image.shape} and {size!r}."
        )
    first = data_format == "channels_first"
    image = np.moveaxis(image, -3, -1) if first else image
    image = resized(cropped(image, size), size, interpolation)
    return np.moveaxis(image, -1, -3) if first else image
