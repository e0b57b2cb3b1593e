"""Damaged files: a model, or a line that names the file; and what the fuzzer found, kept."""

import io
import os
import struct
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

from benchmarks.reliability import damaged_files
from gyeol import saving
from gyeol.saving.archives import parsed_config, read_assets
from gyeol.saving.hdf5_file import Group, read_hdf5

from .fuzzing import Finding, Loader, random_recipes, walk

# HDF5 without its library -----------------------------------------------------------------------


def written(libver=None, track_order=False):
    """A file with everything that h5py writes and Keras might."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=libver, track_order=track_order) as file:
        for i in range(9):
            file[f"some/{i}"] = np.arange(i, dtype="float32")
        for i in range(700):
            file.create_group(f"many/group {i}")
        file["bool"] = np.array([[True, False]])
        file["half"], file["number"] = np.float16(3), np.uint64(2**63)
        file["big endian"] = np.arange(5, dtype=">f8")
        file["bfloat16"] = np.zeros((4, 5), "V2")
        file["same"] = file["half"]
        file["complex"], file["nothing"], file["text"] = 1j, h5py.Empty("f4"), "text"
        file.create_dataset("chunks", data=np.zeros(100), chunks=(10,))
        file.create_dataset("absent", (4, 5), "float32")
        file["soft"] = h5py.SoftLink("/some")
        file["external"] = h5py.ExternalLink("x.h5", "y")
        file.attrs["text"], file.attrs["bytes"] = "결", b"abc"
        file.attrs["names"] = np.array([b"a", b"bcd"])
        file.attrs["texts"] = np.array(["a", "결", ""], h5py.string_dtype())
        file.attrs["none"], file.attrs["empty"] = np.zeros(0), h5py.Empty("f4")
        file.attrs["numbers"], file.attrs["flag"] = np.arange(6).reshape(2, 3), True
        file["some"].attrs["long"] = np.bytes_(b"x" * 60000)
        if libver:
            file["some"].attrs["longer"] = np.bytes_(b"x" * 100000)
        for i in range(60):
            file["many"].attrs[f"attribute {i}"] = "x" * i
        del file["many/group 17"]
        file.move("many/group 18", "many/another")
    return buffer.getvalue()


def same_as_h5py(content):
    """Whether everything is as h5py reads it; the names of arrays that only h5py can read."""
    foreign = []

    def compare(theirs, ours):
        assert set(theirs.attrs) == set(ours.attrs)
        for name, value in theirs.attrs.items():
            read = ours.attrs[name]
            if isinstance(read, (str, list)):
                value = [v.decode() if isinstance(v, bytes) else v for v in np.ravel(value)]
                assert value == ([read] if isinstance(read, str) else read)
            elif not isinstance(value, h5py.Empty):
                np.testing.assert_array_equal(read, value, strict=True)

    def visit(theirs, ours):
        compare(theirs, ours)
        assert set(theirs) == set(ours) and len(theirs) == len(ours)
        for name in theirs:
            if not isinstance(theirs.get(name, getlink=True), h5py.HardLink):
                with pytest.raises(ValueError, match="link"):
                    ours[name]
            elif isinstance(theirs[name], h5py.Group):
                visit(theirs[name], ours[name])
            else:
                compare(theirs[name], ours[name])
                assert theirs[name].shape == ours[name].shape
                if ours[name].is_plain:
                    np.testing.assert_array_equal(ours[name].read(), theirs[name][()], strict=True)
                else:
                    foreign.append(name)

    with h5py.File(io.BytesIO(content), "r") as theirs:
        ours = read_hdf5(io.BytesIO(content))
        assert isinstance(ours, Group)
        visit(theirs, ours)
    return sorted(foreign)


@pytest.mark.parametrize("libver", [None, "v108", "latest"])
@pytest.mark.parametrize("track_order", [False, True])
def test_every_form_that_h5py_writes_is_read(libver, track_order):
    content = written(libver, track_order)
    assert same_as_h5py(content) == ["absent", "chunks", "complex", "nothing", "text"]


def test_the_reader_closes_no_file_and_keeps_arrays_apart(weights_file):
    with open(weights_file, "rb") as file:
        array = read_hdf5(file)["layers"]["dense"]["vars"]["0"]
        assert array.name == "/layers/dense/vars/0"
        first, second = array.read(), array.read()
        first[:] = 0
        assert second.any() and not file.closed


@pytest.mark.parametrize("libver", [None, "latest"])
def test_damaged_structures(libver):
    """Whatever is changed, the structure is refused, or what it says lies within the file."""
    import random

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=libver) as file:
        for i in range(12):
            file[f"a/{i}"] = np.arange(i, dtype="float32")
        file.attrs["text"] = "결"
    whole, rng = buffer.getvalue(), random.Random(0)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 3, 30))):
            at = rng.randrange(len(data))
            data[at : at + 1] = rng.choice((b"\0", b"\xff", rng.randbytes(1)))
        try:
            walk(bytes(data))
        except ValueError as error:
            assert type(error) is ValueError and "\n" not in str(error)


def test_structures_that_point_at_themselves():
    """What the C library follows without end."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["a/b"] = 1.0
        file["a/loop"] = file
    assert sorted(read_hdf5(buffer)["a"]["loop"]["a"]) == ["b", "loop"]
    whole = buffer.getvalue()
    tree = whole.index(b"TREE")
    for level in (0, 1, 2, 255):
        node = b"TREE" + struct.pack("<BBH", 0, level, 300) + bytes(16)
        node += struct.pack("<QQ", 0, tree) * 300
        with pytest.raises(ValueError):
            walk(whole[:tree] + node + whole[tree + len(node) :])


# Sizes ------------------------------------------------------------------------------------------


def peak_of(load):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError) as caught:
            load()
        return tracemalloc.get_traced_memory()[1], str(caught.value)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "part", ['{"a":0},', "[],", "0,", '{"a":0,"b":0,"c":0,"d":0,"e":0},'], ids=len
)
def test_configs_of_many_parts(part):
    """Each of a few bytes in the file is hundreds in memory."""
    text = '{"a":[' + part * ((16 << 20) // len(part) - 10) + "0]}"
    memory, said = peak_of(lambda: parsed_config(text))
    assert memory < 1 << 20
    assert said == "its config is too long"


def test_lists_of_very_many_members(tmp_path):
    path = tmp_path / "many.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(100):
            archive.writestr(f"{i}" * 30000, b"")
    memory, said = peak_of(lambda: saving.load_model(path))
    assert memory < 16 << 20
    assert "list of members" in said and path.name in said


def test_members_that_are_much_together(tmp_path):
    """No member is too large by itself."""
    path = tmp_path / "bomb.keras"
    names = [f"assets/{i}.txt" for i in range(13)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # Packed a hundredfold, and no more.
        block = np.random.default_rng(0).bytes(24000) + bytes(2_200_000)
        for name in names:
            archive.writestr(name, block * 5)
    memory, said = peak_of(lambda: read_assets(path, names))
    assert memory < 200 << 20
    assert "too many" in said


def test_one_long_text_named_very_often():
    """An attribute of some kilobytes that would be gigabytes."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        texts = ["b" * 200_000] + ["a"] * 3000
        file.attrs["layer_names"] = np.array(texts, h5py.string_dtype())
    whole = buffer.getvalue()
    at = whole.index(struct.pack("<I", 200_000))
    damaged = whole[:at] + whole[at : at + 16] * 3001 + whole[at + 16 * 3001 :]
    assert walk(whole)
    memory, said = peak_of(lambda: walk(damaged))
    assert memory < 32 << 20
    assert "larger than that of any model" in said


def test_vocabularies_of_very_many_lines(tmp_path):
    folder = tmp_path / "model"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "vocabulary.txt").write_bytes(b"a\n" * (2 << 20))
    memory, said = peak_of(lambda: read_assets(folder, ["assets/vocabulary.txt"]))
    assert memory < 16 << 20
    assert "lines" in said


# Damage -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return damaged_files.Files(tmp_path_factory.mktemp("damaged"))


def test_every_kind_of_file_damaged_in_every_way(files):
    for kind in damaged_files.KINDS:
        whole = files.content(kind)
        assert files.outcome(kind, whole)[0] == "loaded"
        outcomes = {
            name: files.outcome(kind, damaged)
            for name, damaged in damaged_files.damages(whole, count=9, every=300)
        }
        assert [(name, said) for name, (end, said) in outcomes.items() if end == "wrong"] == []
        cut = [end for name, (end, _) in outcomes.items() if name.startswith("cut")]
        # A zip file whose comment is cut is whole; HDF5 files end in the last array.
        assert cut.count("refused") >= len(cut) - 1


# Fuzzing ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    return Loader(tmp_path_factory.mktemp("fuzzing"), is_small=True)


def test_changed_files(load):
    outcomes = [load(recipe) for recipe in random_recipes(60, seed=0)]
    assert "loaded" in outcomes and "refused" in outcomes


def test_findings_are_found(load, monkeypatch):
    """Each kind of misconduct, planted."""
    names = list(load.checks)
    recipes = {name: bytes([names.index(name)]) for name in names}
    for name, recipe in recipes.items():
        assert load(recipe) == "loaded", name  # nothing was changed

    def misbehaving(act):
        monkeypatch.setattr(saving, "model_from_json", lambda text: act())
        with pytest.raises(Finding) as caught:
            load(recipes["json"])
        return str(caught.value)

    def refuse(message):
        raise ValueError(message)

    assert "KeyError" in misbehaving(lambda: {}["x"])
    assert "a line" in misbehaving(lambda: refuse("two\nlines"))
    assert "UnicodeDecodeError" in misbehaving(lambda: b"\xff".decode())
    left = load.folder / "left"
    assert "left" in misbehaving(left.touch)
    left.unlink()
    if os.access("/proc/self/clear_refs", os.W_OK):
        assert " MB" in misbehaving(lambda: np.ones(300 << 20, "uint8"))

    def change(model, path):
        model.variables[0].assign(model.variables[0].value + 1)
        refuse(str(path))

    monkeypatch.setattr(type(load.model), "load_weights", change)
    with pytest.raises(Finding, match="changed by a file"):
        load(recipes["weights alone"])
