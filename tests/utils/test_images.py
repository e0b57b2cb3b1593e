"""Pictures in files and folders."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from gyeol import utils


@pytest.fixture
def folder(tmp_path):
    """Two classes of pictures; a picture's brightness says which file it is."""
    number = 0
    for name, count in (("cats", 4), ("dogs", 6)):
        (tmp_path / name / "inner").mkdir(parents=True)
        for i in range(count):
            path = tmp_path / name / ("inner" if i == 0 else "") / f"{i}.png"
            Image.new("RGB", (6, 4), (20 * number,) * 3).save(path)
            number += 1
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    return tmp_path


def test_a_folder_of_pictures(folder, capsys):
    data = utils.image_dataset_from_directory(folder, image_size=(4, 6), batch_size=4, seed=1)
    assert capsys.readouterr().out == "Found 10 files belonging to 2 classes.\n"
    assert data.class_names == ["cats", "dogs"]
    assert len(data) == 3
    batches = list(data)
    assert [images.shape for images, _ in batches] == [(4, 4, 6, 3), (4, 4, 6, 3), (2, 4, 6, 3)]
    assert batches[0][0].dtype == np.float32
    values = np.concatenate([np.asarray(images)[:, 0, 0, 0] for images, _ in batches])
    labels = np.concatenate([np.asarray(labels) for _, labels in batches])
    assert sorted(values) == list(range(0, 200, 20))
    by_value = dict(zip(values.tolist(), labels.tolist()))
    by_path = {}
    for path in data.file_paths:
        shade = float(np.asarray(Image.open(path))[0, 0, 0])
        by_path[shade] = data.class_names.index(path[len(str(folder)) + 1 :].split("/")[0])
    assert by_value == by_path
    for images, labels in data.take(1):
        assert images[0].numpy().astype("uint8").shape == (4, 6, 3)
        assert data.class_names[labels[0]] in ("cats", "dogs")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("int", [0] * 4 + [1] * 6), ("binary", [[0.0]] * 4 + [[1.0]] * 6)],
)
def test_labels_in_order(folder, mode, expected):
    options = {"shuffle": False, "verbose": False, "image_size": 4, "batch_size": None}
    data = utils.image_dataset_from_directory(folder, label_mode=mode, **options)
    assert [label.tolist() for _, label in data] == expected
    chosen = utils.image_dataset_from_directory(
        folder, class_names=["dogs", "cats"], label_mode="categorical", **options
    )
    assert next(iter(chosen))[1].tolist() == [1.0, 0.0]
    alone = utils.image_dataset_from_directory(
        folder, labels=None, color_mode="grayscale", data_format="channels_first", **options
    )
    assert next(iter(alone)).shape == (1, 4, 4)
    own = utils.image_dataset_from_directory(folder, labels=list(range(10)), **options)
    assert [int(label) for _, label in own] == list(range(10))


def test_training_and_validation_do_not_overlap(folder):
    options = {"validation_split": 0.3, "seed": 5, "image_size": 4, "verbose": False}
    training, validation = utils.image_dataset_from_directory(folder, subset="both", **options)
    assert len(training.file_paths), len(validation.file_paths) == (7, 3)
    assert not set(training.file_paths) & set(validation.file_paths)
    for subset, whole in (("training", training), ("validation", validation)):
        alone = utils.image_dataset_from_directory(folder, subset=subset, **options)
        assert alone.file_paths == whole.file_paths


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"label_mode": "text"}, "label_mode"),
        ({"color_mode": "cmyk"}, "color_mode"),
        ({"validation_split": 0.2}, "go together"),
        ({"validation_split": 0.2, "subset": "training"}, "give a seed"),
        ({"class_names": ["birds"]}, "the folders of .* are cats, dogs"),
        ({"labels": [1, 2]}, "labels has 2 entries; .* has 10 files"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "not both"),
    ],
)
def test_mistakes_are_named(folder, options, words):
    with pytest.raises(ValueError, match=words):
        utils.image_dataset_from_directory(folder, verbose=False, **options)


def test_no_pictures_and_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        utils.image_dataset_from_directory(tmp_path / "none")
    with pytest.raises(ValueError, match="has no pictures"):
        utils.image_dataset_from_directory(tmp_path, labels=None, verbose=False)


def png_of(width, height):
    """A well-formed head of a picture of any size, in a few bytes."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(100))
    chunks = b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (head, data, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda whole: whole[:-30], "truncated"),
        (lambda whole: whole[:50] + b"?" * 8 + whole[58:], r"."),
        (lambda whole: b"", "cannot identify"),
        (lambda whole: b"<html>", "cannot identify"),
        (lambda whole: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot identify"),
        (lambda whole: png_of(9500, 9500), "90250000"),
        (lambda whole: png_of(60_000, 60_000), "3600000000"),
        (None, "no file"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_cannot_be_read_is_named(folder, content, words):
    path = folder / "dogs" / "3.png"
    whole = path.read_bytes()
    path.unlink()
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content(whole))
    data = utils.image_dataset_from_directory(folder, image_size=4, batch_size=2, verbose=False)
    with pytest.raises(ValueError, match=rf"The picture .*dogs.3\.png cannot be read: .*{words}"):
        list(data)


def test_links_among_pictures(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    Image.new("RGB", (6, 4)).save(other / "more.png")
    (folder / "dogs" / "link.png").symlink_to(other / "more.png")
    (folder / "dogs" / "folder").symlink_to(other)
    (folder / "dogs" / "around").symlink_to(folder / "dogs")

    def count(follow_links):
        options = {"image_size": 4, "verbose": False, "follow_links": follow_links}
        data = utils.image_dataset_from_directory(folder, **options)
        return sum(len(images) for images, _ in data)

    assert count(False) == 11 and count(True) == 12
    (other / "more.png").unlink()
    with pytest.raises(ValueError, match=r"link\.png cannot be read: it is no file"):
        count(False)


def test_save_and_load_is_the_identity(tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype("float32")
    utils.save_img(tmp_path / "a.png", values, scale=False)
    image = utils.load_img(tmp_path / "a.png")
    np.testing.assert_array_equal(utils.img_to_array(image), values)
    from_memory = utils.load_img(io.BytesIO((tmp_path / "a.png").read_bytes()))
    assert from_memory.size == (7, 5)
    with pytest.warns(UserWarning, match="no transparency"):
        utils.save_img(str(tmp_path / "b.jpg"), np.zeros((2, 2, 4)))
    with pytest.raises(ValueError, match="channels; got 2"):
        utils.array_to_img(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="interpolation is one of nearest"):
        utils.load_img(tmp_path / "a.png", target_size=(2, 2), interpolation="area")
