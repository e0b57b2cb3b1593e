"""`get_file`, from addresses that are files here."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from gyeol import utils


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "data.txt"
    path.write_bytes(b"the content")
    return path


def fetched(source, tmp_path, **options):
    return utils.get_file(origin=source.as_uri(), cache_dir=tmp_path / "cache", **options)


def test_a_file_is_fetched_once_and_kept(source, tmp_path, capsys):
    path = fetched(source, tmp_path)
    assert path == str(tmp_path / "cache" / "datasets" / "data.txt")
    assert Path(path).read_bytes() == b"the content"
    source.write_bytes(b"newer")
    assert Path(fetched(source, tmp_path)).read_bytes() == b"the content"
    assert capsys.readouterr().out.count("Downloading") == 1
    assert Path(fetched(source, tmp_path, force_download=True)).read_bytes() == b"newer"
    assert fetched(source, tmp_path, fname="mine", cache_subdir="x").endswith("x/mine")


def test_a_hash_is_held_to(source, tmp_path):
    right = hashlib.sha256(b"the content").hexdigest()
    fetched(source, tmp_path, file_hash=right)
    fetched(source, tmp_path, md5_hash=hashlib.md5(b"the content").hexdigest())
    source.write_bytes(b"other")
    with pytest.raises(OSError, match="sha256"):
        fetched(source, tmp_path, file_hash=hashlib.sha256(b"third").hexdigest())
    # The file that is there stays.
    kept = tmp_path / "cache" / "datasets" / "data.txt"
    assert kept.read_bytes() == b"the content"


def tar_of(path, names):
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"four"))


def test_archives_are_unpacked_whole(tmp_path):
    tar_of(tmp_path / "flowers.tgz", ["flowers/a.txt", "flowers/deep/b.txt"])
    with zipfile.ZipFile(tmp_path / "flowers.zip", "w") as archive:
        archive.writestr("flowers/a.txt", "four")
        archive.writestr("flowers/deep/b.txt", "four")
    for ending, options in ((".tgz", {"untar": True}), (".zip", {"extract": True})):
        source = tmp_path / f"flowers{ending}"
        folder = fetched(source, tmp_path, **options)
        assert folder == str(tmp_path / "cache" / "datasets" / source.name)
        named = fetched(source, tmp_path, fname=f"f{ending}", extract=True)
        assert named.endswith("f_extracted")
        for where in (folder, named):
            assert Path(where, "flowers/deep/b.txt").read_text() == "four"


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/gyeol-outside.txt", "a/../../x"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path, name):
    tar_of(tmp_path / "evil.tar", ["good.txt", name])
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("good.txt", "four")
        archive.writestr(name, "four")
    before = {path.name for path in tmp_path.rglob("*")}
    for ending in ("tar", "zip"):
        with pytest.raises(ValueError, match="outside of its folder"):
            fetched(tmp_path / f"evil.{ending}", tmp_path, extract=True)
    made = {path.name for path in tmp_path.rglob("*")} - before
    assert not made & {"good.txt", "outside.txt", "x", "evil.tar_extracted"}


def test_a_damaged_archive_says_how_to_fetch_it_again(tmp_path):
    tar_of(tmp_path / "a.tgz", ["one", "two"])
    whole = (tmp_path / "a.tgz").read_bytes()
    (tmp_path / "a.tgz").write_bytes(whole[:-20])
    with pytest.raises(ValueError, match=r"cannot be unpacked: .*force_download=True"):
        fetched(tmp_path / "a.tgz", tmp_path, untar=True)
    (tmp_path / "a.tgz").write_bytes(whole)
    folder = fetched(tmp_path / "a.tgz", tmp_path, untar=True, force_download=True)
    assert sorted(path.name for path in Path(folder).iterdir()) == ["one", "two"]


def test_mistakes_are_named(source, tmp_path):
    with pytest.raises(ValueError, match="origin"):
        utils.get_file("name")
    with pytest.raises(ValueError, match="without a folder"):
        fetched(source, tmp_path, fname="a/b")
    with pytest.raises(ValueError, match="no archive of the format tar"):
        fetched(source, tmp_path, untar=True)
