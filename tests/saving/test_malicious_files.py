"""Every kind of malicious file is refused in one line, or loads and does no harm."""

import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import gyeol
from gyeol import layers, saving

from .conftest import archive, members
from .malicious_files import CANARY, CORPUS, attempt

ROOT = Path(__file__).parents[2]
VULNERABILITIES = {
    2024: (3660, 55459),
    2025: (1550, 8747, 9905, 9906, 12058, 12060, 12638, 49655),
    2026: (897, 1462, 1669, 12479, 12481),
}
# These are big, or take a second: the benchmark has them all.
HEAVY = re.compile(
    "sized|bomb|many|long|deep|chained|doubled|repeated|wide|graph-outputs|models-in|Quantile"
    "|Precision|loss-weights"
)


def in_one_format():
    """One file of each attack, of those that are soon loaded."""
    seen = set()
    for name in CORPUS:
        attack = name.split(".")[0]
        if attack not in seen and not HEAVY.search(name):
            seen.add(attack)
            yield name


def test_there_is_a_file_for_each_known_vulnerability():
    known = " ".join(attack.what for attack in CORPUS.values())
    numbers = [f"CVE-{year}-{n:04}" for year, each in VULNERABILITIES.items() for n in each]
    assert [number for number in numbers if number not in known] == []


@pytest.mark.parametrize("part", range(8))
def test_malicious_files(tmp_path, part):
    problems = []
    for number, name in enumerate(in_one_format()):
        if number % 8 != part:
            continue
        attack, folder = CORPUS[name], tmp_path / str(number) / "folder"
        folder.mkdir(parents=True)
        path = attack.write(folder)
        before = sorted(tmp_path.glob("**/*"))
        try:
            with warnings.catch_warnings():
                # A state of the optimizer that does not fit is said, and passed over.
                warnings.filterwarnings("ignore", category=UserWarning)
                reason = attempt(attack, path)
        except Exception as error:
            problems.append(f"{name}: {error!r}")
            continue
        if sorted(tmp_path.glob("**/*")) != before or list(tmp_path.glob(f"**/{CANARY}")):
            problems.append(f"{name}: changed the folder")
        if reason is None and attack.is_refused:
            problems.append(f"{name}: loaded")
        if reason is not None and (attack.is_refused is False or not is_one_line(reason)):
            problems.append(f"{name}: {reason}")
    assert not problems, "\n".join(problems)


def is_one_line(reason):
    return reason.isprintable() and len(reason) < 1000


def test_what_loading_takes(tmp_path):
    """In a process of its own, where memory, files, sockets and programs are watched."""
    names = [
        "lambda-layer.h5",
        "class-popen.keras",
        "function-get-file.keras",
        "path-StringLookup.keras",
        "hdf5-external-storage.keras",
        "hdf5-shape-huge-never-written.weights.h5",
        "zip-bomb-within-the-ratio-model.weights.h5",
        "bomb-Dense-1000000000000.keras",
        "bomb-StringLookup-oov.keras",
        "sized-Resizing-bicubic.keras",
    ]
    command = [sys.executable, "-m", "benchmarks.reliability.malicious_files", *names]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    figures = json.loads(said.stdout[said.stdout.index("{") :])
    assert figures["failures"] == []
    assert figures["files"] == figures["refused_or_loaded_safely"] == len(names)
    assert figures["worst_memory_above_file_mb"] < 200


# Vocabularies ----------------------------------------------------------------------------------


def words(*vocabulary):
    model = gyeol.Sequential(
        [
            gyeol.Input((1,), dtype="int32"),
            layers.IntegerLookup(name="words"),
            layers.Embedding(4, 2, name="vectors"),
        ]
    )
    if vocabulary:
        model.layers[0].set_vocabulary(list(vocabulary))
    return model


def test_weights_of_an_archive_bring_its_vocabularies(tmp_path):
    words(3, 5).save(tmp_path / "m.keras")
    model = words()
    model.load_weights(tmp_path / "m.keras")
    assert model.layers[0].get_vocabulary() == [-1, 3, 5]


def test_a_vocabulary_that_is_none_leaves_all_as_it_was(tmp_path):
    path = tmp_path / "m.keras"
    words(3, 5).save(path)
    contents = members(path)
    (name,) = (name for name in contents if name.startswith("assets"))
    model = words(7, 8, 9)
    before = model.layers[1].get_weights()
    for damaged in (b"three\nfive\n", b"\xff\xfe", b"1\n1\n1\n"):
        archive(path, {**contents, name: damaged}.items())
        with pytest.raises(ValueError, match=r"m\.keras"):
            model.load_weights(path)
        assert model.layers[0].get_vocabulary() == [-1, 7, 8, 9]
        np.testing.assert_array_equal(model.layers[1].get_weights(), before)
        with pytest.raises(ValueError, match=r"m\.keras"):
            saving.load_model(path)
    assert os.listdir(tmp_path) == ["m.keras"]
