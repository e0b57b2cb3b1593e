"""A file is whole or absent, whatever happens while it is written."""

import os
import stat

import pytest

from gyeol.files import write_whole


def test_a_file_takes_its_place_at_the_end(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with write_whole(path) as file:
        file.write(b"new")
        file.seek(0)
        assert file.read() == b"new"
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(error), write_whole(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "a"
    with write_whole(path) as one, write_whole(path) as other:
        one.write(b"one")
        other.write(b"other")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a"]


def test_a_link_leads_to_the_new_file(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "a", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with write_whole(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_missing_folder_is_named(tmp_path):
    path = tmp_path / "nowhere" / "a"
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"), write_whole(path):
        pass
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced(tmp_path):
    with pytest.raises(IsADirectoryError), write_whole(tmp_path) as file:
        file.write(b"new")


def test_others_may_read_it_as_any_new_file(tmp_path):
    with write_whole(tmp_path / "a") as file:
        file.write(b"new")
    (tmp_path / "b").write_bytes(b"plain")
    modes = [stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in "ab"]
    assert modes[0] == modes[1]
