"""Archives are unpacked whole, inside of their folder, or not at all."""

import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from gyeol.datasets.download import DataSetError
from gyeol.utils import archives
from gyeol.utils.archives import unpack

FILE, FOLDER, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def tar_of(*members, pack=bytes):
    """The bytes of a tar: (name, what) with the content, or (name, type, where to) for links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, what, *where in members:
            info = tarfile.TarInfo(name)
            info.type = what if where or what == FOLDER else FILE
            info.linkname = where[0] if where else ""
            content = b"" if info.type != FILE else what
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return pack(out.getvalue())


def zip_of(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    twice = len(dict(members)) < len(members)
    with pytest.warns(UserWarning, match="Duplicate") if twice else contextlib.nullcontext():
        archive = zipfile.ZipFile(out, "w", method)
        for name, content in members:
            archive.writestr(name, content)
        archive.close()
    return out.getvalue()


@pytest.fixture
def unpacked(tmp_path):
    """Unpack these bytes, and see to it that nothing is left beside the folder."""

    def unpack_bytes(content, formats="auto"):
        folder = tmp_path / "here"
        folder.mkdir(exist_ok=True)
        (folder / "archive").write_bytes(content)
        try:
            unpack(folder / "archive", folder / "goal", formats)
        finally:
            assert {path.name for path in folder.iterdir()} <= {"archive", "goal"}
            assert {path.name for path in tmp_path.iterdir()} == {"here"}
        return folder / "goal"

    return unpack_bytes


GOOD = [("a/b.txt", b"four"), ("c", b"")]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_every_kind_of_tar(unpacked, pack):
    goal = unpacked(tar_of(*GOOD, ("d", FOLDER), pack=pack))
    assert (goal / "a/b.txt").read_bytes() == b"four" and (goal / "c").read_bytes() == b""
    assert (goal / "d").is_dir()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_kind_of_zip(unpacked, method):
    goal = unpacked(zip_of(*GOOD, ("d/", b""), method=method))
    assert (goal / "a/b.txt").read_bytes() == b"four" and (goal / "d").is_dir()


def test_links_within_are_kept(unpacked):
    # The link comes first, and a file that would be written through it is not there.
    goal = unpacked(
        tar_of(
            ("x/link", LINK, "../a/b.txt"),
            ("folder", LINK, "a"),
            *GOOD,
            ("hard", HARD, "a/b.txt"),
        )
    )
    for name in ("x/link", "folder/b.txt", "hard"):
        assert (goal / name).read_bytes() == b"four"
    assert (goal / "x/link").is_symlink() and not (goal / "hard").is_symlink()


def test_links_to_nothing_or_to_links_are_left_out_and_told(unpacked):
    content = tar_of(("one", LINK, "a"), ("two", LINK, "one"), ("three", LINK, "gone"), *GOOD)
    with pytest.warns(UserWarning, match=r"2 links in .*archive were left out"):
        goal = unpacked(content)
    assert sorted(path.name for path in goal.iterdir()) == ["a", "c", "one"]


def fifo():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("pipe")
        info.type = tarfile.FIFOTYPE
        archive.addfile(info)
    return out.getvalue()


def header_bomb():
    """A tar whose first name is said to be 8 GiB long."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 16)


def encrypted():
    content = bytearray(zip_of(("a", b"four")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    return bytes(content)


EVIL = {
    "a name that climbs": (tar_of(*GOOD, ("../x", b"")), "'../x', outside of its folder"),
    "a name that climbs late": (tar_of(("a/../../x", b"")), "outside of its folder"),
    "an absolute name": (tar_of(("/tmp/x", b"")), "'/tmp/x', outside"),
    "a folder that climbs": (tar_of(("../../x", FOLDER)), "outside of its folder"),
    "a link that climbs": (tar_of(("x", LINK, "../y")), "'../y', outside"),
    "an absolute link": (tar_of(("x", LINK, "/etc/passwd")), "'/etc/passwd', outside"),
    "a hard link that climbs": (tar_of(("x", HARD, "../y")), "'../y', outside"),
    "a hard link to nothing": (tar_of(("x", HARD, "y")), "No such file"),
    "a file behind a link": (tar_of(("x", LINK, "."), ("x/y", b"")), "File exists"),
    # CVE-2025-12060, CVE-2025-4517: a chain of links that ends outside.
    "a chain of links": (
        tar_of(("d", FOLDER), ("d/up", LINK, ".."), ("e", LINK, "d/up/.."), ("e/x", b"")),
        "outside|exists",
    ),
    "a device": (fifo(), "'pipe' is a device"),
    "one name twice": (tar_of(("a", b"1"), ("a", b"2")), "File exists"),
    "a file that is a folder": (tar_of(("a", b"1"), ("a/b", b"2")), r"File exists|Not a directory"),
    "no name": (tar_of((".", b"1")), "File exists"),
    "a name of 8 GiB": (header_bomb(), "no archive"),
    "a later name of 8 GiB": (
        tar_of(("a", b"1"))[:1024] + header_bomb(),
        "a header of 8589934592 bytes",
    ),
    "cut": (tar_of(("a", bytes(5000)))[:3000], "unexpected end"),
    "cut gzip": (tar_of(("a", bytes(5000)), pack=gzip.compress)[:-40], r"."),
    "zip: a name that climbs": (zip_of(("../x", b"")), "'../x', outside"),
    "zip: an absolute name": (zip_of(("/x", b"")), "'/x', outside"),
    "zip: one name twice": (zip_of(("a", b"1"), ("a", b"2")), "File exists"),
    "zip: bzip2": (zip_of(("a", b"1"), method=zipfile.ZIP_BZIP2), "neither stored nor deflated"),
    "zip: a password": (encrypted(), "password"),
    "zip: a wrong byte": (
        zip_of(("a", b"four"), method=zipfile.ZIP_STORED).replace(b"four", b"fowr"),
        "Bad CRC-32",
    ),
    "something else": (b"PK or not", "no archive of the format tar or zip"),
    "nothing": (b"", "no archive of the format tar or zip"),
}


@pytest.mark.parametrize("kind", EVIL)
def test_bad_archives_leave_nothing_and_what_was_there_before(unpacked, tmp_path, kind):
    content, words = EVIL[kind]
    with pytest.raises(ValueError, match=words):
        unpacked(content)
    assert not (tmp_path / "here/goal").exists()
    unpacked(tar_of(*GOOD))
    with pytest.raises(ValueError, match=words):
        unpacked(content)
    assert (tmp_path / "here/goal/a/b.txt").read_bytes() == b"four"


def test_a_link_in_a_zip_is_a_small_text(unpacked):
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    goal = unpacked(zip_of((info, "/etc/passwd")))
    assert not (goal / "link").is_symlink() and (goal / "link").read_text() == "/etc/passwd"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_stops_at_the_cap(unpacked, monkeypatch, pack):
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(archives, "MOST_GROWTH", 20)
    unpacked(tar_of(("a", bytes(999_000)), pack=pack))
    for content in (tar_of(("a", bytes(3_000_000)), pack=pack), zip_of(("a", bytes(3_000_000)))):
        with pytest.raises(ValueError, match="unpacks to more than 1000000 bytes"):
            unpacked(content)
    # A large archive may grow in proportion.
    unpacked(zip_of(("a", bytes(3_000_000)), ("b", bytes(1_000)), method=zipfile.ZIP_STORED))


def test_more_members_than_the_cap(unpacked, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    for content in (tar_of, zip_of):
        unpacked(content(*((str(number), b"") for number in range(3))))
        with pytest.raises(ValueError, match="more than 3 members"):
            unpacked(content(*((str(number), b"") for number in range(4))))


def test_a_folder_that_is_there_gives_way_and_a_file_does_not(unpacked, tmp_path):
    unpacked(tar_of(("old", b"")))
    goal = unpacked(tar_of(("new", b"")))
    assert [path.name for path in goal.iterdir()] == ["new"]
    (goal / "new").rename(tmp_path / "here/new")
    goal.rmdir()
    (tmp_path / "here/new").rename(goal)
    with pytest.raises(ValueError, match="goal is a file where a folder is to be"):
        unpacked(tar_of(("new", b"")))
    assert goal.is_file()


def test_what_a_killed_process_left_is_not_mixed_in(unpacked, tmp_path):
    for end in ("partial", "former"):
        (tmp_path / f"here/.goal.{end}/old").mkdir(parents=True)
    assert [path.name for path in unpacked(tar_of(("new", b""))).iterdir()] == ["new"]


def test_a_full_disk_is_no_fault_of_the_archive(unpacked, monkeypatch):
    def refuse(folder, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "_write", refuse)
    with pytest.raises(DataSetError, match=r"Cannot write in .*No space left"):
        unpacked(tar_of(*GOOD))
