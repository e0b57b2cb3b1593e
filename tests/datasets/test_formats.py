"""The readers give what is there, and say what is wrong with what is not."""

import gzip
import io
import os
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from gyeol.datasets.formats import read_cifar_tar, read_csv, read_idx, read_npz

X = np.random.default_rng(0).integers(0, 256, (30, 5, 4), np.uint8)
LAYOUT = {"x": (X.shape, "uint8")}


def write_npz(path, compressed=False, **arrays):
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_npz(tmp_path, compressed):
    path = write_npz(tmp_path / "a.npz", compressed, x=X, more=X)
    arrays = read_npz(path, LAYOUT)
    assert list(arrays) == ["x"] and arrays["x"].flags.writeable
    np.testing.assert_array_equal(arrays["x"], X)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (X[:29], r"x is uint8\(29, 5, 4\), not uint8\(30, 5, 4\)"),
        (X.astype("float32"), "x is float32"),
        (np.asfortranarray(X), "x is uint8"),
        (X.astype(object), "x is object"),
    ],
)
def test_npz_of_another_form_is_refused(tmp_path, array, words):
    with pytest.raises(ValueError, match=words):
        read_npz(write_npz(tmp_path / "a.npz", x=array), LAYOUT)


def test_npz_without_the_array(tmp_path):
    with pytest.raises(ValueError, match="it holds no x"):
        read_npz(write_npz(tmp_path / "a.npz", y=X), LAYOUT)


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_cut_anywhere_is_refused(tmp_path, compressed):
    path = write_npz(tmp_path / "a.npz", compressed, x=X)
    whole = path.read_bytes()
    for length in range(0, len(whole), 17):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"."):
            read_npz(path, LAYOUT)


def test_npz_with_any_flipped_byte_is_refused_or_gives_the_same(tmp_path):
    path = write_npz(tmp_path / "a.npz", True, x=X)
    whole = path.read_bytes()
    refused = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        try:
            np.testing.assert_array_equal(read_npz(path, LAYOUT)["x"], X)
        except ValueError:
            refused += 1
    assert refused > 0.8 * len(whole)  # the rest are dates and flags of the zip format


def test_npz_that_claims_to_be_huge_costs_nothing(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (1 << 60,)}
    )
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", header.getvalue())
    with pytest.raises(ValueError, match=f"{1 << 60}"):
        read_npz(path, LAYOUT)


def test_npz_bomb_stops_at_the_array(tmp_path):
    good = io.BytesIO()
    np.save(good, X)
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", good.getvalue() + bytes(50_000_000))
    with pytest.raises(ValueError, match="goes on after its 600 bytes"):
        read_npz(path, LAYOUT)


def test_npz_packed_by_a_method_that_cannot_be_bounded_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("x.npy", bytes(1_000_000))
        with pytest.raises(ValueError, match=f"method {method}, not stored or deflated"):
            read_npz(path, LAYOUT)


def idx_bytes(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_idx(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(idx_bytes(X)))
    np.testing.assert_array_equal(read_idx(path, X.shape), X)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(idx_bytes(X[:-1])), "header"),
        (gzip.compress(b"\0\0\x09" + idx_bytes(X)[3:]), "header"),
        (gzip.compress(idx_bytes(X)[:-1]), "ends after 599 of 600"),
        (gzip.compress(idx_bytes(X) + b"x"), "goes on"),
        (gzip.compress(idx_bytes(X))[:-9], "end"),
        (gzip.compress(os.urandom(100)), "header"),
        (idx_bytes(X), "gzip"),
        (b"", "header is ,"),
    ],
)
def test_idx_of_another_form_is_refused(tmp_path, content, words):
    path = tmp_path / "a.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        read_idx(path, X.shape)


CIFAR_LAYOUT = {"x_train": ((10, 32, 32, 3), "uint8"), "x_test": ((3, 32, 32, 3), "uint8")}


def cifar_members(random):
    counts = {f"data_batch_{number}.bin": 2 for number in range(1, 6)} | {"test_batch.bin": 3}
    return {
        f"cifar-10-batches-bin/{name}": random.integers(0, 256, (count, 3073), np.uint8).tobytes()
        for name, count in counts.items()
    }


def write_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def test_cifar_tar(tmp_path):
    members = cifar_members(np.random.default_rng(0))
    shuffled = dict(reversed(members.items())) | {"../../evil": b"x", "readme.html": b"y"}
    path = write_tar(tmp_path / "a.tar.gz", shuffled)
    arrays = read_cifar_tar(path, CIFAR_LAYOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar.gz"], "nothing is extracted"
    record = members["cifar-10-batches-bin/data_batch_2.bin"][3073:]
    picture = np.frombuffer(record[1:], np.uint8).reshape(3, 32, 32).transpose(1, 2, 0)
    np.testing.assert_array_equal(arrays["x_train"][3], picture)
    assert arrays["y_train"].shape == (10, 1) and arrays["y_train"][3, 0] == record[0]
    assert arrays["x_test"].shape == (3, 32, 32, 3) and arrays["y_test"].shape == (3, 1)


def test_cifar_tar_of_another_form_is_refused(tmp_path):
    members = cifar_members(np.random.default_rng(0))
    missing = {name: content for name, content in members.items() if "batch_4" not in name}
    with pytest.raises(ValueError, match=r"holds no data_batch_4.bin"):
        read_cifar_tar(write_tar(tmp_path / "a.tar.gz", missing), CIFAR_LAYOUT)
    members["cifar-10-batches-bin/test_batch.bin"] += b"x"
    with pytest.raises(ValueError, match=r"test_batch.bin has 9220 bytes, not 9219"):
        read_cifar_tar(write_tar(tmp_path / "a.tar.gz", members), CIFAR_LAYOUT)


def test_cifar_tar_cut_anywhere_is_refused(tmp_path):
    path = write_tar(tmp_path / "a.tar.gz", cifar_members(np.random.default_rng(0)))
    whole = path.read_bytes()
    for tenth in range(10):
        path.write_bytes(whole[: tenth * len(whole) // 10])
        with pytest.raises(ValueError, match=r"."):
            read_cifar_tar(path, CIFAR_LAYOUT)


def test_cifar_tar_with_hostile_members(tmp_path):
    path = tmp_path / "a.tar.gz"
    members = cifar_members(np.random.default_rng(0))
    # Links and folders of the right names are not followed and not taken for files.
    with tarfile.open(path, "w:gz") as archive:
        for name in members:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
    with pytest.raises(ValueError, match=r"holds no data_batch_1.bin"):
        read_cifar_tar(path, CIFAR_LAYOUT)
    # A member's name is not read at the length that it claims.
    for kind in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
        info = tarfile.TarInfo("name")
        info.type, info.size = kind, 1 << 33
        path.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 16)))
        with pytest.raises(ValueError, match="a header of 8589934592 bytes"):
            read_cifar_tar(path, CIFAR_LAYOUT)


@pytest.mark.parametrize("head", ["", "a,b,c\n", "\ufeffa,b,c\r\n"])
def test_csv(tmp_path, head):
    path = tmp_path / "a.csv"
    path.write_text(head + "1,2.5,3\n\n4,5,6e-1\n", encoding="utf-8")
    np.testing.assert_array_equal(read_csv(path, (2, 3)), [[1, 2.5, 3], [4, 5, 0.6]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3\n", "1 rows of 3 columns, not 2 of 3"),
        ("1,2,3\n4,5\n", "2 rows of 2 or 3 columns"),
        ("", "0 rows of no columns"),
        ("1,2,3\n4,5,six\n", "six"),
        ("\xff\xfe", "."),
    ],
)
def test_csv_of_another_form_is_refused(tmp_path, text, words):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=words):
        read_csv(path, (2, 3))
