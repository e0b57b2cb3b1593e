"""A training in a file: a weights file with one group more, 'training'."""

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gyeol.files import write_whole
from gyeol.models import Model
from gyeol.object_state import decode, encode
from gyeol.saving.archives import parsed_config
from gyeol.saving.hdf5 import Stored, group_at
from gyeol.saving.hdf5_file import read_hdf5
from gyeol.saving.weight_files import Group, groups_of, read_state, write_groups
from gyeol.text import tr
from gyeol.variable import Variable

_GROUP, _STATE = "training", "state"
_FORM = {
    "epoch": int,
    "step": int,
    "seed": int,
    "logs": dict,
    "history": dict,
    "epochs": list,
    "epochs_done": int,
    "is_trained": bool,
    "has_stopped": bool,
    "places": list,
    "random": dict,
    "callbacks": dict,
    "others": list,
}


class Checkpoint(NamedTuple):
    """What a training needs to go on.

    Attributes:
        groups: the model's and the optimizer's variables, as a weights file has them.
        state: all else, as JSON.
        arrays: the arrays that the state names by number.
    """

    groups: list[Group]
    state: Any
    arrays: list[Any]


def taken(model: Model, state: dict[str, Any], variables: Sequence[Variable]) -> Checkpoint:
    """A checkpoint of a model as it is now. Variables are not copied: JAX's arrays never change.

    Args:
        model: the model.
        state: what else belongs to it (see `object_state.encode`).
        variables: all variables that training changes; `groups` may lack some of them.
    """
    known: set[int] = set()
    groups = []
    for path, name, values in groups_of(model):
        known |= set(map(id, values.values()))
        now = {key: v.value if isinstance(v, Variable) else v for key, v in values.items()}
        groups.append(Group(path, name, now))
    others = [v.value for v in variables if id(v) not in known]
    arrays: list[Any] = []
    encoded = encode({**state, "others": others}, arrays)
    return Checkpoint(groups, encoded, arrays)


def write(checkpoint: Checkpoint, description: Any, path: Path, before: Path) -> None:
    """Write a checkpoint to `path`; what is there becomes `before`.

    Args:
        checkpoint: what is to be written.
        description: what the training depends on, as JSON.
        path: where to.
        before: where the file goes that is there.

    Raises:
        OSError: it cannot be written; both files are as they were.
        ValueError: the state is longer than a reader believes.
    """
    import h5py

    text = json.dumps({"state": checkpoint.state, "training": description}).encode()
    parsed_config(text)
    arrays = {str(i): np.asarray(array) for i, array in enumerate(checkpoint.arrays)}
    arrays[_STATE] = np.frombuffer(text, "uint8")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_groups([*checkpoint.groups, Group(_GROUP, _GROUP, arrays)], file)
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_whole(path) as out:
        out.write(buffer.getbuffer())
        out.flush()
        os.fsync(out.fileno())
        # Whole on the disk, so from here to the end of the block one of the two names is good.
        if path.exists():
            os.replace(path, before)


class Read:
    """A checkpoint that was read and found whole.

    Args:
        path: the file.

    Attributes:
        state: all but the variables of the groups.
        description: what the training depends on.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged, or none.
    """

    def __init__(self, path: Path):
        self._content = path.read_bytes()
        try:
            group = group_at(read_hdf5(io.BytesIO(self._content)), _GROUP)
            if group is None:
                raise ValueError(tr("it holds no state of a training"))
            stored = Stored(group)
            content = parsed_config(stored[_STATE].tobytes())
            arrays = [stored[str(i)] for i in range(len(stored) - 1)]
            self.state = decode(content["state"], arrays)
            self.description = content["training"]
            for name, kind in _FORM.items():
                if type(self.state[name]) is not kind:
                    raise TypeError(name)
        except ValueError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())
            raise ValueError(tr("it is damaged ({reason})", reason=reason)) from error

    def fill(self, model: Model, variables: Sequence[Variable]) -> None:
        """Put the variables into a model and its optimizer; all of them or none.

        Args:
            model: the model.
            variables: as `taken` was given them.

        Raises:
            ValueError: they do not fit.
        """
        known = {id(v) for group in groups_of(model) for v in group.values.values()}
        others = [v for v in variables if id(v) not in known]
        values = self.state["others"]
        if [v.shape for v in others] != [value.shape for value in values]:
            raise ValueError(tr("its variables are not those of this model"))
        read_state(model, io.BytesIO(self._content))
        for variable, value in zip(others, values):
            variable.assign(value)
