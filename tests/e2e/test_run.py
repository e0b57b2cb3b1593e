"""`gyeol run` and `python -m gyeol`, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gyeol

SOURCES = str(Path(gyeol.__file__).parents[1])
SCRIPTS = Path(__file__).parents[1] / "compat" / "scripts"


def gyeol_run(*arguments, cwd, **environment):
    """Run ``python -m gyeol`` there: the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "gyeol", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": SOURCES, "GYEOL_LANG": "en", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def script(tmp_path):
    """Write a script into a folder of its own."""

    def write(text, name="script.py"):
        folder = tmp_path / "there"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return write


def test_the_script_finds_itself_as_under_python(script, tmp_path):
    path = script(
        "import sys, beside\n"
        "print(__name__, __file__, sys.argv, sys.path[0], sys.modules['__main__'].__file__)\n"
        "print(beside.word)\n"
    )
    script("word = 'a module beside it'\n", "beside.py")
    arguments = ("there/script.py", "--epochs", "3", "-v", "x.py", "--help")
    python = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert python.returncode == 0, python.stderr
    for command in ((), ("run",)):
        ours = gyeol_run(*command, *arguments, cwd=tmp_path)
        assert (ours.stdout, ours.returncode) == (python.stdout, 0), ours.stderr
    assert str(path.parent) in python.stdout


def test_errors_and_exit_codes_are_as_under_python(script, tmp_path):
    for text in (
        "import sys\n\ndef f():\n    return 1 / 0\n\nf()\n",
        "x = (1\n",
        "import sys\nsys.exit(3)\n",
        "import sys\nsys.exit('some words')\n",
        "raise KeyboardInterrupt\n",
    ):
        script(text)
        python, ours = (
            subprocess.run(
                [sys.executable, *module, "there/script.py"],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": SOURCES},
                capture_output=True,
                text=True,
            )
            for module in ((), ("-m", "gyeol"))
        )
        assert ours.stderr == python.stderr
        assert ours.returncode == (130 if "Keyboard" in text else python.returncode)


def test_a_typing_error_says_what_was_meant(script, tmp_path):
    script(
        "from tensorflow import keras\n"
        "model = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])\n"
        "model.evaulate([[1, 2]])\n"
    )
    result = gyeol_run("there/script.py", cwd=tmp_path)
    assert result.returncode == 1
    assert "Did you mean: 'evaluate'?" in result.stderr
    assert "runner.py" not in result.stderr and 'script.py", line 3' in result.stderr


def test_a_file_that_is_not_there(script, tmp_path):
    script("")
    result = gyeol_run("run", "there/scrip.py", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("gyeol: ") and "script.py" in result.stderr


@pytest.mark.parametrize("name", ["keras1_dense_table", "tf2_fashion_images", "keras3_metrics"])
def test_scripts_of_the_corpus(name, tmp_path):
    result = gyeol_run("run", "--report", SCRIPTS / f"{name}.py", cwd=tmp_path, MPLBACKEND="")
    assert result.returncode == 0, result.stderr
    for words in ("Used", "Time", "compiling", "Sequential"):
        assert words in result.stderr
    assert ("nb_epoch" in result.stderr) == (name == "keras1_dense_table")
    assert "Warning" not in result.stderr
