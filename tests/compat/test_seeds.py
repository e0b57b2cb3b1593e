"""The programs of notes that people wrote, as they stand there; only their data are smaller."""

from pathlib import Path

import numpy as np
import pytest

from gyeol.datasets import cifar10, fashion_mnist, mnist
from gyeol.models import Model

SCRIPTS = Path(__file__).parent / "scripts"
ROWS = 16


@pytest.fixture
def small(monkeypatch):
    """Data sets of the right shape, with two kinds of rows, of which only a few are trained on."""

    def data(*shapes):
        def load_data(*_):
            rng = np.random.default_rng(0)
            parts = []
            for x_shape, y_shape in shapes:
                x, y = np.zeros(x_shape, "uint8"), np.zeros(y_shape, "uint8")
                y[:ROWS] = rng.integers(0, 10, y[:ROWS].shape)
                x[:ROWS] = 20 * y[:ROWS].reshape(-1, *(1,) * (x.ndim - 1)) + 10
                parts.append((x, y))
            return tuple(parts)

        return load_data

    grey = (((60000, 28, 28), (60000,)), ((10000, 28, 28), (10000,)))
    monkeypatch.setattr(mnist, "load_data", data(*grey))
    monkeypatch.setattr(fashion_mnist, "load_data", data(*grey))
    colour = (((2000, 32, 32, 3), (2000, 1)), ((400, 32, 32, 3), (400, 1)))
    monkeypatch.setattr(cifar10, "load_data", data(*colour))
    fit, evaluate = Model.fit, Model.evaluate

    def fit_few(self, x, y, *args, validation_data=None, **kwargs):
        if validation_data is not None:
            validation_data = tuple(part[:ROWS] for part in validation_data)
        return fit(self, x[:ROWS], y[:ROWS], *args, validation_data=validation_data, **kwargs)

    monkeypatch.setattr(Model, "fit", fit_few)
    monkeypatch.setattr(
        Model, "evaluate", lambda self, x, y, **kw: evaluate(self, x[:ROWS], y[:ROWS], **kw)
    )


def text(name):
    return (SCRIPTS / name).read_text(encoding="utf-8")


def test_dense(run_script, small, capsys):
    with pytest.raises(AttributeError, match="evaulate") as error:
        run_script("seed_dense.py")
    assert isinstance(error.value.obj, Model) and error.value.name == "evaulate"
    assert "Total params: 575,050" in capsys.readouterr().out.replace("\u202f", "")
    program = run_script("seed_dense.py", text("seed_dense.py").replace("evaulate", "evaluate"))
    assert list(program["model"].history.history) == ["acc", "loss", "val_acc", "val_loss"]
    assert len(program["model"].history.epoch) == 10


def test_convolutional(run_script, small, tmp_path):
    name = "seed_convolutional.txt"
    with pytest.raises(SyntaxError, match="was never closed"):
        run_script(name)
    mended = text(name).replace("(100, activation='relu')", "(100, activation='relu'))")
    with pytest.raises(TypeError, match=r"no argument 'optimize'\. Did you mean optimizer\?"):
        run_script(name, mended)
    program = run_script(name, mended.replace("optimize=", "optimizer="))
    assert program["model"].count_params() == 320 + 18496 + 313700 + 1010
    assert (tmp_path / "best-cnn-model.h5").exists() and (tmp_path / "model.png").exists()
    assert program["history"].history["val_loss"]


def test_tutorial(run_script, small, capsys):
    program = run_script("seed_tutorial.py")
    assert "<tf.Tensor: shape=(5, 10), dtype=float32, numpy=\narray([[" in capsys.readouterr().out
    np.testing.assert_allclose(np.sum(program["smax"]), 1, rtol=1e-5)
    assert program["img"].shape == (1, 28, 28)


def test_pima(run_script, capsys):
    program = run_script("seed_pima.py")
    history = program["history"].history
    assert len(history["val_loss"]) == len(program["history"].epoch) <= 100
    assert history["accuracy"][-1] > 0.8
    assert capsys.readouterr().out.count(".") >= len(program["history"].epoch) - 1


def test_feedforward(run_script, small, tmp_path):
    program = run_script("seed_feedforward.py")
    assert program["x_train"].shape == (60000, 784)
    assert len(program["history_adam"].history["val_accuracy"]) == 20
    assert any((tmp_path / "logs").rglob("events.out.tfevents*"))


def test_cifar(run_script, small, capsys):
    with pytest.warns(UserWarning, match="from_logits=True"):
        program = run_script("seed_cifar.py")
    said = capsys.readouterr().out
    assert "Total params: 122,570" in said and str(program["test_acc"]) in said
