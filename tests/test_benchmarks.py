"""The benchmark suite: its page, its arithmetic, the talk with the peers. No times are judged."""

import io
import json
import sys
import types

import numpy as np
import pytest

from benchmarks import __main__ as suite
from benchmarks import peers, performance_page, worker, workloads

FIGURES = {
    "title": "CPU, 4 cores",
    "device": "cpu",
    "machine": {"processor": "P", "cores": 4, "memory": "8 GiB", "system": "S"},
    "runs": [
        {
            "command": "python -m benchmarks --keep",
            "date": "2026-01-01",
            "minutes": 1.0,
            "quick": False,
            "rounds": 3,
            "rows": ["mnist_one_hot-32", "predict-dense-1"],
        }
    ],
    "versions": {"gyeol": {"jax": "1.2.3"}},
    "kinds": {"gyeol": "gyeol", "slow": "peer", "quick": "peer", "scan": "floor"},
    "data": {"mnist": "random"},
    "rows": {
        "mnist_one_hot-32": {
            "count": 1000,
            "repeat": 1,
            "times": {
                "gyeol": [1.0, 2.0, 1.0],
                "slow": [8.0, 9.0, 10.0],
                "quick": [3.0, 3.0, 3.0],
                "scan": [0.5, 0.5, 0.5],
            },
            "settings": {"gyeol": {}, "slow": {}, "quick": {"steps_per_execution": 32}},
            "failed": {},
        },
        "predict-dense-1": {
            "count": 1,
            "repeat": 1,
            "times": {"gyeol": [0.001], "slow": [0.0125]},
            "settings": {},
            "failed": {"quick": "it ended"},
        },
    },
    "limits": {"flops": 1e9, "copies": {"1": 1e9, "4": 2e9}},
}


def test_page_has_ratios_of_the_same_round_their_spread_and_the_best_library():
    page = performance_page.page({"CPU, 4 cores": FIGURES})
    row = next(line for line in page.splitlines() if line.startswith("| dense 784-64-10"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    # 8/1, 9/2, 10/1; 3/1, 3/2, 3/1; the floor is no library, so it is not the best one.
    assert cells[1:] == [
        "8.00 (4.50 to 10.0)",
        "3.00 (1.50 to 3.00)",
        "0.500 (0.250 to 0.500)",
        "**3.00 (1.50 to 3.00)** quick",
        "4.00",
    ]
    assert "| 1.00 | 9.00 | 3.00 | 0.500 |" in page  # ms a step: the medians over 1,000 steps
    assert "| 12.5 | failed |  | **12.5** slow |" in page
    assert "predict-dense-1, quick: it ended" in page
    assert "random arrays of their shapes: mnist" in page
    assert "steps_per_execution=32: mnist_one_hot-32" in page


def test_page_says_how_far_the_machine_is():
    needed = workloads.cost(workloads.NETWORKS["mnist_one_hot"], 32)
    limit = max(needed.flops / 1e9, needed.bytes / 1e9)  # what it touches is less than 1 MiB
    assert needed.held < 2**20
    page = performance_page.page({"CPU, 4 cores": FIGURES})
    of_gyeol, of_best = (performance_page.number(s / limit) for s in (1e-3, 3e-3))
    assert f"| {of_gyeol} | {of_best} |" in page


def test_cost_of_a_dense_network():
    network = workloads.Network("", "mnist", (5,), (("dense", 3, "relu"), ("dense", 2, "softmax")))
    found = workloads.cost(network, batch=7)
    # Forward and for the weights 5x3 and 3x2; for the inputs of the second layer only.
    assert found.flops == 7 * (2 * 2 * 5 * 3 + 3 * 2 * 3 * 2)
    assert found.parameters == 6 * 3 + 4 * 2
    assert found.bytes == 4 * (7 * 5 + 6 * 7 * (3 + 2) + 10 * found.parameters)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("mnist_one_hot", 50_890),
        ("mnist_deep_dense", 575_050),
        ("fashion_mnist_conv", 320 + 18_496 + 313_700 + 1_010),
        ("cifar10_conv", 122_570),
        ("pima_diabetes", 17_793),
    ],
)
def test_parameters_of_the_networks(name, parameters):
    assert workloads.cost(workloads.NETWORKS[name], 32).parameters == parameters


class FakeModel:
    def fit(self, x, y, batch, epochs, begun, ended, validation=None):
        for _ in range(epochs):
            begun()
            if ended({}):
                return

    def hold(self, x, y):
        return x, y

    def predict(self, x, batch):
        return x


def written(folder, network, rows):
    arrays = workloads.random_arrays(workloads.NETWORKS[network], rows)
    for part, array in zip("xy", workloads.prepared(workloads.NETWORKS[network], *arrays)):
        np.save(folder / f"{network}-{part}.npy", array)


@pytest.mark.parametrize("kind", ["train", "predict"])
def test_worker_answers_once_for_each_turn_until_it_is_stopped(tmp_path, kind):
    written(tmp_path, "pima_diabetes", 8)
    fake = types.SimpleNamespace(versions=lambda: {"fake": "1"}, make=lambda *_: FakeModel())
    request = {
        "do": "measure",
        "kind": kind,
        "network": "pima_diabetes",
        "batch": 4,
        "count": 2,
        "repeat": 3,
        "settings": {},
        "data": str(tmp_path),
    }
    lines = [request, {"do": "turn"}, {"do": "turn"}, {"do": "stop"}, request]
    answers = io.StringIO()
    worker.serve(fake, io.StringIO("".join(json.dumps(x) + "\n" for x in lines)), answers)
    first, *others = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert first["versions"] == {"fake": "1"}
    assert [list(line) for line in others] == [
        *[["seconds"]] * 3,
        ["stopped"],
        ["seconds"],  # the second request, which no line follows
        ["stopped"],
    ]


def test_worker_that_ends_is_an_error_with_its_last_words(tmp_path):
    (tmp_path / "no_peer.py").write_text("raise SystemExit('nothing here')")
    peer = peers.Peer("nobody", "no_peer", variables={"PYTHONPATH": f"{peers.ROOT}:{tmp_path}"})
    with pytest.raises(peers.PeerError, match="nobody ended: nothing here"):
        peers.Worker(peer, sys.executable, "cpu", tmp_path, tmp_path / "log.txt")


def test_gyeol_trains_and_predicts_in_its_worker(tmp_path):
    written(tmp_path, "pima_diabetes", 64)
    peer = peers.known("cpu")[0]
    found = peers.Worker(peer, sys.executable, "cpu", tmp_path, tmp_path / "log.txt")
    request = {
        "do": "measure",
        "kind": "train",
        "network": "pima_diabetes",
        "batch": 32,
        "count": 2,
        "repeat": 1,
        "settings": {},
        "data": str(tmp_path),
    }
    try:
        assert found.ask(request)["seconds"] > 0
        assert found.ask({"do": "turn"})["seconds"] > 0
        assert found.ask({"do": "stop"}) == {"stopped": True}
        assert found.ask({**request, "kind": "predict"})["seconds"] > 0
        assert found.ask({"do": "stop"}) == {"stopped": True}
    finally:
        found.close()
    assert found.process.returncode == 0


class FakeWorker:
    """Takes half as long with the second settings as with the first."""

    def __init__(self, peer, heard):
        self.peer, self.heard = peer, heard
        self.process = types.SimpleNamespace(poll=lambda: None)

    def ask(self, request, seconds=300):
        self.heard.append((self.peer.name, request["do"]))
        if request["do"] == "measure":
            self.settings = request["settings"]
        if request["do"] == "turn" and self.peer.name == "broken":
            raise peers.PeerError("broken ended")
        return {"seconds": 0.05 if self.settings.get("jit_compile") else 0.1}


def test_peers_work_in_turns_each_at_its_best_settings(tmp_path, monkeypatch):
    both = ({}, {"jit_compile": True})
    team = [peers.Peer("gyeol", ""), peers.Peer("two", "", settings=both), peers.Peer("broken", "")]
    heard = []
    bench = suite.Bench(team, {}, "cpu", 2, False, tmp_path, tmp_path)
    monkeypatch.setattr(bench, "start", lambda peer, caches: FakeWorker(peer, heard))
    monkeypatch.setattr(bench, "write_data", lambda name: None)
    found = bench.row("pima_diabetes-32")["pima_diabetes-32"]
    assert found["times"] == {"gyeol": [0.1, 0.1], "two": [0.05, 0.05]}
    assert found["settings"]["two"] == {"jit_compile": True}
    assert found["failed"] == {"broken": "broken ended"}
    begun = [place for place, what in enumerate(heard) if what == ("gyeol", "turn")]
    turns = [name for name, what in heard[begun[0] :] if what == "turn"]
    assert turns == ["gyeol", "two", "broken", "gyeol", "two"]
    heard.clear()
    bench.row("pima_diabetes-256")  # the same network: nothing is tried again
    assert heard.count(("two", "measure")) == 1


def test_rows_that_were_measured_anew_replace_those_of_the_same_name():
    other = {**FIGURES, "rows": {"mnist_one_hot-32": {"times": {"gyeol": [7.0]}}}}
    other["runs"] = [{**FIGURES["runs"][0], "rows": ["mnist_one_hot-32"], "date": "2026-01-02"}]
    other["kinds"] = {"gyeol": "gyeol"}
    kept = suite.merged({"CPU, 2 cores": {}}, FIGURES)
    merged = suite.merged(kept, other)
    assert list(merged) == ["CPU, 2 cores", "CPU, 4 cores"]
    section = merged["CPU, 4 cores"]
    assert section["rows"]["mnist_one_hot-32"] == {"times": {"gyeol": [7.0]}}
    assert "predict-dense-1" in section["rows"]
    assert section["kinds"] == FIGURES["kinds"]
    assert [run["date"] for run in section["runs"]] == ["2026-01-01", "2026-01-02"]
    # A run that has all the rows of the ones before it leaves nothing of them.
    assert [run["date"] for run in suite.merged(merged, FIGURES)["CPU, 4 cores"]["runs"]] == [
        "2026-01-01"
    ]


def test_only_names_rows_by_their_beginnings():
    assert suite.wanted_rows("cifar10_conv,limits", "cpu", quick=True) == [
        "cifar10_conv-32",
        "cifar10_conv-256",
        "limits",
    ]
    with pytest.raises(SystemExit, match="no such row"):
        suite.wanted_rows("resnet", "cpu", quick=False)


def test_without_a_gpu_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(suite, "gpu", lambda: None)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--device", "gpu"])
    assert suite.main() == 2
    assert "no GPU found" in capsys.readouterr().out
