"""A file is whole or absent, whatever happens while it is written."""

import ast
import errno
import os
import random
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import files
from gyeol.files import append_whole, mend_folder, write_folder_whole, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")


@pytest.fixture
def path(tmp_path):
    """A file with an old content, in a folder of its own."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    return path


def names(folder):
    return sorted(os.listdir(folder))


@contextmanager
def refusing(call, after, number=errno.ENOSPC):
    """Let `os.write` fail after so many bytes, or another of `os` once, after so many calls."""
    real, done = getattr(os, call), 0

    def limited(*arguments):
        nonlocal done
        if call == "write":
            if done == after:
                raise OSError(number, os.strerror(number))
            written = real(arguments[0], arguments[1][: after - done])
            done += written
            return written
        done += 1
        if done == after + 1:
            raise OSError(number, os.strerror(number))
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, limited)
        yield


# Its place -----------------------------------------------------------------------------------


def test_a_file_takes_its_place_at_the_end(path):
    with write_whole(path) as file:
        file.write(b"new")
        file.seek(0)
        assert file.read() == b"new"
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_leaves_the_old_file_and_nothing_else(path, error):
    with pytest.raises(error), write_whole(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert names(path.parent) == ["a"]


def test_an_error_of_something_else_keeps_its_words(path):
    with pytest.raises(FileNotFoundError, match="nowhere"), write_whole(path):
        os.stat(path.parent / "nowhere")


def test_two_writers_do_not_meet(path):
    with write_whole(path) as one, write_whole(path) as other:
        one.write(b"one")
        other.write(b"other")
    assert path.read_bytes() == b"one"
    assert names(path.parent) == ["a"]


def test_a_link_leads_to_the_new_file(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "a", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with write_whole(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@posix
def test_devices_and_pipes_are_written_to_as_they_are(tmp_path):
    with write_whole("/dev/null") as file:
        file.write(b"new")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with write_whole(tmp_path / "pipe") as file:
        file.write(b"new")
    assert os.read(reader, 9) == b"new"
    os.close(reader)
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("name", ["x" * 255, "결" * 85])
def test_names_as_long_as_the_system_takes(tmp_path, name):
    with write_whole(tmp_path / name) as file:
        file.write(b"new")
    assert names(tmp_path) == [name]


# Permissions ---------------------------------------------------------------------------------


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@posix
def test_others_may_read_it_as_any_new_file(tmp_path):
    with write_whole(tmp_path / "a") as file:
        file.write(b"new")
    (tmp_path / "b").write_bytes(b"plain")
    assert mode(tmp_path / "a") == mode(tmp_path / "b")


@posix
@pytest.mark.parametrize("kept", [0o600, 0o664])
def test_permissions_are_those_of_the_old_file_from_the_first_byte(path, kept):
    path.chmod(kept)
    if os.geteuid() == 0:
        os.chown(path, 12345, 54321)
    owner = path.stat().st_uid, path.stat().st_gid
    with write_whole(path) as file:
        (temporary,) = set(names(path.parent)) - {"a"}
        assert mode(path.with_name(temporary)) == kept
        file.write(b"new")
    assert mode(path) == kept
    assert (path.stat().st_uid, path.stat().st_gid) == owner


@pytest.fixture
def as_ordinary_user():
    """A folder of somebody who is not allowed everything, which root would be."""
    if not hasattr(os, "setresuid"):
        pytest.skip("as Linux has it")
    with tempfile.TemporaryDirectory() as folder:
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, 65534, 65534)
            os.setresuid(65534, 65534, 0)
        try:
            yield Path(folder)
        finally:
            os.chmod(folder, 0o755)
            if is_root:
                os.setresuid(0, 0, 0)


def test_what_is_write_protected_stays(as_ordinary_user):
    path = as_ordinary_user / "a"
    path.write_bytes(b"old")
    path.chmod(0o444)
    words = r"'.*/a' was not written, and is as it was: it, or the folder .* is write-protected\."
    for write in (write_whole, lambda path: suppress(append_whole(path, b"new"))):
        with pytest.raises(PermissionError, match=words) as caught, write(path):
            pass
        assert caught.value.errno == errno.EACCES
    path.chmod(0o644)
    as_ordinary_user.chmod(0o555)
    with pytest.raises(PermissionError, match=words), write_whole(path):
        pass
    with pytest.raises(PermissionError, match="write-protected"):
        write_folder_whole(as_ordinary_user / "m", {})
    assert path.read_bytes() == b"old"
    assert names(as_ordinary_user) == ["a"]


def test_a_write_protected_folder_stays(as_ordinary_user):
    path = as_ordinary_user / "m"
    write_folder_whole(path, {"one": b"old"})
    path.chmod(0o555)
    with pytest.raises(PermissionError, match="write-protected"):
        write_folder_whole(path, {"one": b"new"})
    path.chmod(0o755)
    assert content(path) == {"one": b"old"}
    assert names(as_ordinary_user) == ["m"]


# Errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, "the disk is full. Make room on it"),
        (errno.EDQUOT, "your share of the disk is used up"),
        (errno.EROFS, "the disk can only be read"),
        (errno.EFBIG, r"larger than a file may be here. Raise the limit \(ulimit -f\)"),
        (errno.EIO, "the disk is faulty"),
        (errno.EPERM, "write-protected"),
        (errno.ENOLCK, os.strerror(errno.ENOLCK)),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_what_the_system_says_is_said_in_a_line(path, number, words, call):
    for old in (True, False):
        state = "was not written, and is as it was" if old else "was not written"
        with (
            pytest.raises(OSError, match=f"^'{path}' {state}: .*{words}") as caught,
            refusing(call, 0, number),
            write_whole(path) as file,
        ):
            file.write(b"new")
        assert caught.value.errno == number
        assert type(caught.value) is type(OSError(number, ""))
        assert "\n" not in str(caught.value)
        assert names(path.parent) == ["a"] * old
        if old:
            assert path.read_bytes() == b"old"
            path.unlink()


def test_places_where_no_file_can_be_are_named(path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere'\. Make it"):
        files.check_writable(path.parent / "nowhere" / "b")
    for place, kind, words in [
        (path.parent / "nowhere" / "b", FileNotFoundError, r"no folder .*nowhere'\. Make it"),
        (path / "b", NotADirectoryError, "a' is no folder"),
        (path.parent, IsADirectoryError, "that is a folder. Name a file"),
        (path.parent / ("x" * 300), OSError, "its name is too long"),
    ]:
        with pytest.raises(kind, match=words), write_whole(place):
            raise AssertionError("not reached")
        if place != path.parent:
            with pytest.raises(kind, match=words):
                write_folder_whole(place, {"one": b"new"})
    with pytest.raises(FileExistsError, match="there is a file of that name"):
        files.make_folder(path)
    assert names(path.parent) == ["a"]


@settings(max_examples=25)
@given(after=st.integers(0, 3000), rest=st.integers(0, 1))
def test_a_disk_that_is_full_after_any_byte(after, rest):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        for content in (b"old", b"new"):
            content = np.random.default_rng(len(content)).bytes(900) * 3 + content
            with refusing("write", 1 << 30 if path.exists() is False else after):
                try:
                    with write_whole(path) as file, zipfile.ZipFile(file, "w") as archive:
                        archive.writestr("one", content)
                        if rest:
                            file.flush()
                except OSError as error:
                    assert error.errno == errno.ENOSPC
                    assert "disk is full" in str(error)
                    assert after < 3000
        with zipfile.ZipFile(path) as archive:
            whole = archive.read("one")
        assert whole.endswith(b"old" if after < len(whole) + 100 else (b"old", b"new"))
        assert names(folder) == ["a.zip"]


def test_a_writer_that_does_not_care_for_errors_puts_nothing_in_place(path):
    with (
        pytest.raises(OSError, match="disk is full"),
        write_whole(path) as file,
        suppress(OSError),
        refusing("write", 5),
    ):
        file.write(b"x" * 100)
        file.flush()
    assert path.read_bytes() == b"old"


# Ends of logs --------------------------------------------------------------------------------


@pytest.mark.parametrize("after", range(4))
def test_what_is_appended_is_there_or_not(path, after):
    with pytest.raises(OSError, match="as it was: the disk is full"), refusing("write", after):
        append_whole(path, b"more")
    assert path.read_bytes() == b"old"
    append_whole(path, b"more")
    assert path.read_bytes() == b"oldmore"
    append_whole(path.with_name("b"), b"first")
    assert path.with_name("b").read_bytes() == b"first"


# Folders -------------------------------------------------------------------------------------


def content(folder):
    inner = (file for file in sorted(Path(folder).rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in inner}


@pytest.fixture(params=["swap", "two renames"])
def swapping(request, monkeypatch):
    """With Linux's swap, and as on the systems that have none."""
    if request.param == "two renames":
        monkeypatch.setattr(files, "_swap", lambda: None)
    elif files._swap() is None:
        pytest.skip("this system swaps no folders")
    return request.param


def test_a_folder_takes_the_place_of_another(tmp_path, swapping):
    path = tmp_path / "m"
    write_folder_whole(path, {"one": b"old", "in/two": b"old"})
    path.chmod(0o700)
    write_folder_whole(path, {"one": b"new", "in/three": b"new"})
    assert content(path) == {"one": b"new", "in/three": b"new"}
    assert mode(path) == 0o700
    assert names(tmp_path) == ["m"]


@pytest.mark.parametrize(
    "call, after", [("fsync", i) for i in range(4)] + [("rename", 0), ("rename", 1), ("mkdir", 0)]
)
def test_a_failed_folder_leaves_the_old_one(tmp_path, swapping, call, after):
    path = tmp_path / "m"
    write_folder_whole(path, {"one": b"old"})
    failed = False
    try:
        with refusing(call, after):
            write_folder_whole(path, {"one": b"new", "two": b"new"})
    except OSError as error:
        failed = True
        assert str(error).startswith(f"'{path}' was not written, and is as it was: the disk is")
    # The syncs of folders come when nothing can be lost any more, as does the last renaming.
    assert content(path) == {"one": b"old"} if failed else {"one": b"new", "two": b"new"}
    assert failed or (call, swapping) != ("mkdir", "swap")
    assert names(tmp_path) == ["m"]


def test_a_folder_that_was_set_aside_comes_back(tmp_path):
    path = tmp_path / "m"
    write_folder_whole(path, {"one": b"old"})
    path.rename(files._set_aside(path))
    mend_folder(path)
    assert content(path) == {"one": b"old"}
    path.rename(files._set_aside(path))
    write_folder_whole(path, {"one": b"new"})
    assert content(path) == {"one": b"new"}
    assert names(tmp_path) == ["m"]
    mend_folder(tmp_path / "nothing")
    assert names(tmp_path) == ["m"]


# A disk of its own ---------------------------------------------------------------------------

_ON_A_DISK = """
import errno, os, subprocess, sys
from pathlib import Path
from gyeol.files import append_whole, write_folder_whole, write_whole

disk = Path(sys.argv[1])
old, new = b"old" * 20000, b"new" * 20000

def write_file(content):
    with write_whole(disk / "a") as file:
        file.write(content)

def write_folder(content):
    write_folder_whole(disk / "m", {"one": content, "in/two": content})

def state():
    return [(disk / name).read_bytes() for name in ("a", "m/one", "m/in/two", "log")]

def tries():
    for write in (lambda: write_file(new), lambda: write_folder(new), append):
        try:
            write()
        except OSError as error:
            yield error.errno, str(error)

def append():
    append_whole(disk / "log", new)

failed = 0
for pages in range(40):
    write_file(old), write_folder(old), (disk / "log").write_bytes(old)
    free = os.statvfs(disk)
    (disk / "filler").write_bytes(b"x" * free.f_bsize * (free.f_bavail - pages))
    for number, words in tries():
        failed += 1
        assert number == errno.ENOSPC and "the disk is full" in words, words
    (disk / "filler").unlink()
    file, one, two, log = state()
    assert file in (old, new) and one == two in (old, new) and log in (old, old + new)
    assert sorted(os.listdir(disk)) == ["a", "log", "m"]
assert 40 < failed < 120, failed
write_file(old), write_folder(old), (disk / "log").write_bytes(old)
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
said = list(tries())
assert [number for number, _ in said] == [errno.EROFS] * 3, said
assert all("as it was: the disk can only be read" in words for _, words in said), said
assert state() == [old] * 4
"""


@posix
def test_a_small_disk_and_one_that_can_only_be_read(tmp_path):
    script = 'mount -t tmpfs -o size=1m tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1"'
    command = ["unshare", "-Urm", "sh", "-c", script, "sh", tmp_path, sys.executable, _ON_A_DISK]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr


# Kills ---------------------------------------------------------------------------------------

# Children of one process without JAX, each of which is stopped at one more line of what it runs.
_AT_EVERY_LINE = """
import os, signal, sys
from pathlib import Path
from gyeol import files

kind, how, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
path = folder / "a"
os.fsync = lambda handle: None  # what was written is there for those who come after a kill
if kind == "two renames":
    files._swap = lambda: None

def write(content):
    if kind == "file":
        with files.write_whole(path) as file:
            for _ in range(3):
                file.write(content)
                file.flush()
    else:
        files.write_folder_whole(path, {"one": content, "in/two": content})

def state():
    if kind == "file":
        return path.read_bytes()
    one, two = (path / "one").read_bytes(), (path / "in" / "two").read_bytes()
    assert one == two
    return one

def stop_at(line):
    left = line

    def each(frame, event, argument):
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0 and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if left == 0:
                raise KeyboardInterrupt
        return each

    ours = files.__file__
    sys.settrace(lambda frame, event, argument: each if frame.f_code.co_filename == ours else None)

def stopped(line):
    child = os.fork()
    if child == 0:
        stop_at(line)
        try:
            write(b"new")
        except KeyboardInterrupt:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0

times = 3 if kind == "file" else 1
line, seen = 0, set()
write(b"old")
while True:
    line += 1
    if not stopped(line):
        break
    assert path.exists() or kind == "two renames", line
    files.mend_folder(path)
    found = state()
    assert found in (b"old" * times, b"new" * times), (line, found)
    assert all(name == "a" or name.startswith(".") for name in os.listdir(folder)), line
    seen.add(found)
    write(b"old")
    assert os.listdir(folder) == ["a"], (line, os.listdir(folder))
assert line > 60 and len(seen) == 2, (line, seen)
print(line)
"""


@posix
@pytest.mark.parametrize(
    "kind, how",
    [("file", "kill"), ("file", "interrupt"), ("swap", "kill"), ("two renames", "kill")],
)
def test_a_stop_at_any_line_leaves_the_old_or_the_new(tmp_path, kind, how):
    command = [sys.executable, "-c", _AT_EVERY_LINE, kind, how, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# Without JAX, so that a process starts in a tenth of a second and many can be killed.
_WRITER = """
import sys
from gyeol import files

kind, path = sys.argv[1:]
for number in range(1, 10**6):
    content = number.to_bytes(4, "big") * 5000
    print(number, flush=True)
    if kind == "file":
        with files.write_whole(path) as file:
            for start in range(0, len(content), 1000):
                file.write(content[start : start + 1000])
    else:
        files.write_folder_whole(path, {"one": content, "in/two": content})
"""


def started(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read_number(path):
    """The state that a file or a folder of `_WRITER` is in."""
    mend_folder(path)
    contents = list(content(path).values()) if path.is_dir() else [path.read_bytes()]
    (whole,) = set(contents)
    assert len(contents) in (1, 2)
    assert whole == whole[:4] * 5000
    return int.from_bytes(whole[:4], "big")


@posix
@pytest.mark.parametrize("kind", ["file", "swap"])
def test_a_kill_leaves_the_old_or_the_new(tmp_path, kind):
    path, rng = tmp_path / "a", random.Random(0)
    for _ in range(3):
        writer = started(_WRITER, kind, path)
        # The first save is over when the second is begun.
        assert [writer.stdout.readline() for _ in range(2)] == ["1\n", "2\n"]
        time.sleep(rng.uniform(0, 0.03))
        writer.kill()
        last = int((writer.stdout.read().split() or [2])[-1])
        writer.wait()
        writer.stdout.close()
        assert read_number(path) in (last - 1, last)
        assert [name for name in names(tmp_path) if not name.startswith(".")] == ["a"]
    # Three kills later there is no more than one may leave, and nothing after the next write.
    assert len(names(tmp_path)) <= 4
    if kind == "file":
        with write_whole(path) as file:
            file.write(b"new")
    else:
        write_folder_whole(path, {"one": b"new"})
    assert names(tmp_path) == ["a"]


_SLOW_WRITER = """
import sys, time
from gyeol.files import write_whole

with write_whole(sys.argv[1]) as file:
    file.write(b"slow")
    print("writing", flush=True)
    sys.stdin.readline()
"""


@posix
def test_what_a_living_process_writes_is_left_alone(path):
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW_WRITER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as slow:
        assert slow.stdout.readline() == "writing\n"
        with write_whole(path) as file:
            file.write(b"quick")
        assert path.read_bytes() == b"quick"
        slow.communicate("\n")
    assert slow.returncode == 0
    assert path.read_bytes() == b"slow"
    assert names(path.parent) == ["a"]


def test_without_locks_only_what_is_old_is_taken_for_left_over(path, monkeypatch):
    monkeypatch.setattr(files, "_locked", lambda handle: None)
    left_over = path.with_name(".a.gyeol.tmp")
    left_over.write_bytes(b"half")
    for age, left in [(3600, [left_over.name, "a"]), (2 * 24 * 3600, ["a"])]:
        os.utime(left_over, (time.time() - age,) * 2)
        with write_whole(path) as file:
            file.write(b"new")
        assert names(path.parent) == left


# All that gyeol writes -----------------------------------------------------------------------


# Calls that write, by file and function, each with the reason that the writer does not do it.
_WRITTEN_OTHERWISE = {
    ("files.py", "open"): "ends of logs; pipes and devices; folders that are not yet in place",
    ("saving/archives.py", "zipfile.ZipFile"): "an open file of the writer",
    ("saving/weight_files.py", "h5py.File"): "in memory",
    ("saving/legacy_files.py", "h5py.File"): "in memory",
    ("saving/checkpoints.py", "h5py.File"): "in memory",
    ("callbacks/event_files.py", "Image.save"): "in memory",
    ("callbacks/tensorboard.py", "np.savetxt"): "an open file of the writer",
    ("callbacks/model_checkpoint.py", "self.save"): "the model's own",
    ("cli/train.py", "model.save"): "the model's own",
    ("cli/doctor.py", "os.fdopen"): "standard output, kept for the report",
    ("datasets/store.py", "np.savez"): "an open file of the writer",
    ("datasets/download.py", "open"): "locks, and parts, which are renamed when they are checked",
    ("utils/archives.py", "open"): "within a folder that is not yet in its place",
    ("utils/image_files.py", "image.save"): "in memory, or an open file of the caller's",
    ("report/style.py", "figure.savefig"): "in memory",
    ("report/page_examples.py", "image.save"): "in memory",
    ("report/model_drawing.py", "figure.savefig"): "in memory",
    ("compat/tf/io.py", "open"): "what a program writes itself",
}
_OPENING = {"open", "fdopen", "File", "ZipFile"}
_WRITING = {
    *("save", "savefig", "savetxt", "savez", "savez_compressed", "imsave", "imwrite"),
    *("write_text", "write_bytes", "dump", "tofile"),
}


def is_writing(call):
    if getattr(call.func, "attr", getattr(call.func, "id", "")) not in _OPENING:
        return getattr(call.func, "attr", "") in _WRITING
    modes = [*call.args[1:], *(word.value for word in call.keywords)]
    texts = [node.value for mode in modes for node in ast.walk(mode) if type(node) is ast.Constant]
    return any(set("wxa+") & set(t) and set(t) <= set("rwxabt+") for t in texts if type(t) is str)


def test_nothing_in_gyeol_writes_in_another_way():
    root = Path(files.__file__).parent
    found = set()
    for source in sorted(root.rglob("*.py")):
        where = source.relative_to(root).as_posix()
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and is_writing(call):
                words = ast.unparse(call.func).split(".")
                key = where, words[0] if len(words) == 1 else f"{words[0]}.{words[-1]}"
                assert key in _WRITTEN_OTHERWISE, f"{where}:{call.lineno}: {ast.unparse(call)}"
                found.add(key)
    assert found == set(_WRITTEN_OTHERWISE)
