"""The five data sets: Keras's shapes and types, the published values."""

import gzip
import hashlib
import struct
from dataclasses import replace

import numpy as np
import pytest

from gyeol import datasets
from gyeol.datasets import cifar10, digits, fashion_mnist, mnist, pima_diabetes, store
from gyeol.datasets.download import DataSetError


def test_digits_ship_with_gyeol_and_are_scikit_learns(home):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bunch = load_digits()
    expected = train_test_split(
        bunch.images, bunch.target, test_size=360, random_state=0, stratify=bunch.target
    )
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    for array, wanted in zip((x_train, x_test, y_train, y_test), expected):
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, wanted)
    assert digits.FILE.stat().st_size < 60_000
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    assert digits.DATA.check(arrays) is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("harm", ["flip", "cut", "away"])
def test_damaged_digits_are_an_error_in_words(tmp_path, monkeypatch, harm):
    whole = digits.FILE.read_bytes()
    path = tmp_path / "digits.npz"
    if harm != "away":
        at = len(whole) // 2
        path.write_bytes(whole[:at] + (b"????" + whole[at + 4 :] if harm == "flip" else b""))
    monkeypatch.setattr(digits, "FILE", path)
    with pytest.raises(DataSetError, match=r"digits\.npz is damaged: .*Install gyeol anew"):
        digits.load_data()


def test_the_set_of_names():
    assert datasets.names() == ("digits", "mnist", "fashion_mnist", "cifar10", "pima_diabetes")
    for name in datasets.names():
        data = datasets.describe(name)
        assert len(data.class_names) == (2 if name == "pima_diabetes" else 10)
    assert datasets.mnist is mnist
    with pytest.raises(AttributeError, match=r"no 'minst'\. It has: digits, mnist"):
        _ = datasets.minst
    for ask in (datasets.describe, datasets.locate, datasets.fetch):
        with pytest.raises(ValueError, match=r"no data set 'minst'\. There are: digits, mnist"):
            ask("minst")


def test_locate_and_fetch(home):
    assert datasets.locate("digits") == digits.FILE == datasets.fetch("digits")
    assert datasets.locate("mnist") is None


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_mnist_and_fashion_mnist(at_real, name):
    (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
    assert x_train.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28)
    assert y_train.shape == (60000,) and y_test.shape == (10000,)
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert datasets.locate(name) == at_real / f"{name}.npz" == datasets.fetch(name)


def test_first_labels_are_the_well_known_ones(at_real):
    (_, y_train), (_, y_test) = mnist.load_data()
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9] and y_test[:5].tolist() == [7, 2, 1, 0, 4]
    (_, y_train), _ = fashion_mnist.load_data()
    assert [fashion_mnist.CLASS_NAMES[label] for label in y_train[:2]] == [
        "Ankle boot",
        "T-shirt/top",
    ]


def test_one_changed_pixel_is_found(at_real):
    arrays = store.load(mnist.DATA)
    arrays["x_test"][9999, 27, 27] ^= 1
    with pytest.raises(ValueError, match="x_test are not the published"):
        mnist.DATA.check(arrays)


def test_fashion_mnist_from_what_keras_leaves(at_real, tmp_path, monkeypatch):
    arrays = store.load(fashion_mnist.DATA)
    folder = tmp_path / "user" / ".keras" / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        with gzip.open(folder / mnist.IDX_NAMES[name], "wb", compresslevel=1) as file:
            file.write(head + array.tobytes())
    monkeypatch.setenv("GYEOL_HOME", str(tmp_path / "empty"))
    assert datasets.locate("fashion_mnist") == folder
    (x_train, y_train), _ = fashion_mnist.load_data()
    np.testing.assert_array_equal(x_train, arrays["x_train"])
    np.testing.assert_array_equal(y_train, arrays["y_train"])


def cifar10_arrays(random=None):
    """Arrays of CIFAR-10's form, with the published colour sums unless they are random."""
    means = {
        "train": (125.306918046875, 122.950394140625, 113.86538318359375),
        "test": (126.02464140625, 123.70850419921875, 114.85431865234375),
    }
    arrays = {}
    for part, count in (("train", 50000), ("test", 10000)):
        if random:
            pixels = random.integers(0, 256, (count * 1024, 3), np.uint8)
        else:
            totals = [round(mean * count * 1024) for mean in means[part]]
            pixels = np.empty((count * 1024, 3), np.uint8)
            for channel, total in enumerate(totals):
                pixels[:, channel] = total // len(pixels)
                pixels[: total % len(pixels), channel] += 1
        arrays[f"x_{part}"] = pixels.reshape(count, 32, 32, 3)
        arrays[f"y_{part}"] = (np.arange(count) % 10).astype(np.uint8)[:, None]
    return arrays


def test_a_cifar10_of_other_pixels_is_accepted_with_a_note(home, capsys):
    arrays = cifar10_arrays(np.random.default_rng(0))
    np.savez(home / "cifar10.npz", **arrays)
    for _ in range(2):
        (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    assert x_train.shape == (50000, 32, 32, 3) and y_train.shape == (50000, 1)
    assert x_test.shape == (10000, 32, 32, 3) and y_test.shape == (10000, 1)
    assert capsys.readouterr().err.count("not the official pixels") == 1
    arrays["y_test"][0] += 1
    with pytest.raises(ValueError, match="y_test does not hold each"):
        cifar10.DATA.check(arrays)


def test_cifar10_with_the_published_colour_sums_is_official():
    arrays = cifar10_arrays()
    assert cifar10.DATA.check(arrays) is None
    arrays["x_test"][7, 7, 7, 1] += 1
    assert "not the official pixels" in cifar10.DATA.check(arrays)


def test_pima(at_real):
    (x_train, y_train), (x_test, y_test) = pima_diabetes.load_data()
    assert x_train.shape == (614, 8) and x_test.shape == (154, 8)
    assert x_train.dtype == np.float32 and y_train.dtype == np.uint8
    assert len(pima_diabetes.FEATURE_NAMES) == 8
    assert int(y_train.sum()) + int(y_test.sum()) == 268
    rows = {tuple(row) for row in np.concatenate([x_train, x_test])}
    assert tuple(np.float32([6, 148, 72, 35, 0, 33.6, 0.627, 50])) in rows and len(rows) == 768


def test_pima_split_follows_the_seed(at_real):
    first, again, other = (pima_diabetes.load_data(seed=seed)[1][0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    (x_train, _), (x_test, y_test) = pima_diabetes.load_data(test_split=0)
    assert len(x_train) == 768 and len(x_test) == len(y_test) == 0
    for wrong in (1, -0.1):
        with pytest.raises(ValueError, match="test_split must be from 0 to below 1"):
            pima_diabetes.load_data(test_split=wrong)


def test_pima_from_mirrors_with_and_without_names(at_real, home, server, monkeypatch):
    text = (at_real / "pima-indians-diabetes.csv").read_text()
    bare = text.partition("\n")[2]
    changed = bare.replace("33.6", "33.7", 1)
    monkeypatch.setenv("GYEOL_HOME", str(home.parent))
    for body in (bare, text.replace("\n", "\r\n")):
        urls = (server.put("changed", changed.encode()), server.put("good", body.encode()))
        source = pima_diabetes.DATA.sources[0]
        files = (replace(source.files[0], urls=urls),)
        data = replace(pima_diabetes.DATA, sources=(replace(source, files=files),))
        assert hashlib.sha256(store.load(data)["x"]).hexdigest().startswith("fb3ab7be")
        (home / "pima_diabetes.npz").unlink()


def test_a_missing_set_without_a_network_names_file_and_folder(home, monkeypatch):
    source = mnist.DATA.sources[0]
    nowhere = "http://127.0.0.1:9/tf-keras-datasets/mnist.npz"
    files = (replace(source.files[0], urls=(nowhere,)),)
    data = replace(mnist.DATA, sources=(replace(source, files=files),))
    monkeypatch.setattr(mnist, "DATA", data)
    with pytest.raises(DataSetError) as caught:
        mnist.load_data()
    assert str(caught.value).endswith(
        f"put mnist.npz from http://127.0.0.1:9/tf-keras-datasets/ into {home}."
    )
