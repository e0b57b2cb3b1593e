"""What the tests of the faces share: running a script as `gyeol run` does, within this process."""

import builtins
import contextlib
import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from gyeol import random as random_
from gyeol import serialization
from gyeol.compat import faces

# The scripts run when they are imported.
collect_ignore_glob = ["scripts/*"]
SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture
def run_script(tmp_path, monkeypatch):
    """Run the text of a script with the faces installed, in a folder of its own."""
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    # What a script registers ends with it.
    for registered in ("_CUSTOM", "_CUSTOM_NAMES"):
        monkeypatch.setattr(serialization, registered, dict(getattr(serialization, registered)))

    def run(name, text=None):
        random.seed(0)
        np.random.seed(0)
        random_.set_seed(0)
        serialization.reset_names()
        path = SCRIPTS / name
        module = ModuleType("__main__")
        vars(module).update(__file__=str(path), __builtins__=builtins)
        code = path.read_text(encoding="utf-8") if text is None else text
        with faces(), contextlib.ExitStack() as after:
            after.callback(plt.close, "all")
            exec(compile(code, str(path), "exec", dont_inherit=True), vars(module))
        return vars(module)

    return run
