"""Trainings that are killed at random moments and begun again end with the same bits.

`python -m benchmarks.reliability kills` does the same many more times.
"""

import numpy as np
import pytest

from benchmarks.reliability import kills


@pytest.fixture(autouse=True)
def compiles_as_this_process(monkeypatch):
    monkeypatch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")


def test_a_killed_training_ends_with_the_same_bits(tmp_path):
    # The seed of SIGKILL, SIGTERM and SIGKILL again, the last while the program is starting.
    figures = kills.run(3, seed=11, programs=["convolution"], together=1, work=tmp_path)
    assert figures["failures"] == []
    assert figures["kills"] >= 3 and figures["equal_bits"] == figures["runs"]
    assert figures["resumed"] >= 1


def test_differences_are_found():
    one = {"a": [1.0, np.float32([1, 2])], "b": b"text", "c": float("nan")}
    assert kills.differences(one, {**one, "a": [1.0, np.float32([1, 2])]}) == []
    other = {"a": [1.0000001, np.float32([1, np.nextafter(np.float32(2), 3)])], "b": b"test"}
    assert sorted(kills.differences(one, other)) == [
        "/a/0: 1.0 is now 1.0000001",
        "/a/1: values differ",
        "/b: b'text' is now b'test'",
        ": c is there only once",
    ]
