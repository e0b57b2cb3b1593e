"""Changed files for the loader: what they do is a finding unless it is a model or a refusal.

A change is a string of bytes, read as a recipe: which file to begin with, what to change in it. So
a fuzzer that knows nothing of zip files and JSON gets past their checks. `guided` lets atheris
write recipes, guided by the lines of gyeol that they reach; `random_recipes` needs nothing.
"""

import contextlib
import copy
import io
import json
import os
import random
import resource
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST_SECONDS = 20
MOST_BYTES = 200 << 20
_LONGEST_MESSAGE = 1000

_NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**32 - 1, 2**63, 2**64 - 1)
_VALUES = (
    *(None, True, False, 0, 1, -1, 2, 3, 10**6, 10**12, 2**63, 2**64, -(10**18), 10**400),
    *(0.5, -1.5, 1e308, float("nan"), float("inf"), "", "x", "relu", "softmax", "same", "valid"),
    *("float32", "float16", "int32", "bfloat16", "mixed_float16", "channels_first", "../x", "\0"),
    *(
        "kernel_size",
        "a" * 5000,
        "\ud800",
        "{0}",
        "%s\n%s",
        [],
        {},
        [1],
        [None],
        [[]],
        [0, 0],
        [-1],
    ),
    *([1] * 40, ["x", 0, 0, {}], {"x": 1}, {"class_name": "x", "config": {}}, {"class_name": None}),
    {"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}},
    {"class_name": "__numpy__", "config": {"value": [[1], [2, 3]], "dtype": "int64"}},
    {"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "dtype": "float32"}},
    {"class_name": "__slice__", "config": {"start": 0, "stop": None, "step": 0}},
    {"class_name": "function", "config": "relu", "registered_name": "function"},
    {"shared_object_id": 1, "class_name": "Dense", "config": {"units": 2}},
)


class Finding(Exception):
    """What no file may do."""


class Recipe:
    """Choices, read from bytes; past their end each is the first."""

    def __init__(self, data: bytes):
        self._data, self._at = data, 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def number(self, width: int) -> int:
        taken = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(taken, "little")

    def below(self, end: int) -> int:
        return self.number(1 if end <= 256 else 3) % max(end, 1)

    def one_of(self, values: Any) -> Any:
        return values[self.below(len(values))]

    def raw(self, length: int) -> bytes:
        self._at += length
        return self._data[self._at - length : self._at]


def changed_bytes(data: bytes, recipe: Recipe) -> bytes:
    """Bytes after up to six changes."""
    data = bytearray(data)
    for _ in range(6):
        if not recipe or not data:
            break
        how, at = recipe.below(10), recipe.below(len(data))
        if how < 2:
            data[at] ^= 1 << recipe.below(8)
        elif how < 4:
            data[at] = recipe.number(1)
        elif how < 6:
            width = recipe.one_of((1, 2, 4, 8))
            number = recipe.one_of((*_NUMBERS, len(data), recipe.number(3)))
            data[at : at + width] = number.to_bytes(8, "little")[:width]
        elif how == 6:  # a block from elsewhere: pointers that go astray, swapped sectors
            begin, length = recipe.below(len(data)), recipe.one_of((4, 8, 16, 40, 512))
            data[at : at + length] = data[begin : begin + length]
        elif how == 7:
            length = recipe.one_of((1, 8, 512, 4096))
            data[at : at + length] = bytes(len(data[at : at + length]))
        elif how == 8:
            del data[at : at + recipe.one_of((1, 8, 512, len(data)))]
        else:
            length = recipe.one_of((1, 4, 16))
            data[at:at] = recipe.raw(length)
    return bytes(data)


def changed_tree(tree: Any, recipe: Recipe, parts: list[Any]) -> Any:
    """JSON after up to four changes.

    Args:
        tree: what `json.loads` gave.
        recipe: the choices.
        parts: what else may be put in.
    """
    holder = [json.loads(json.dumps(tree))]
    for _ in range(4):
        if not recipe:
            break
        places = list(_places(holder))
        container, key = recipe.one_of(places)
        how = recipe.below(8)
        if how < 3:
            container[key] = copy.deepcopy(recipe.one_of(_VALUES))
        elif how == 3:
            container[key] = json.loads(json.dumps(recipe.one_of(parts)))
        elif how == 4 and container is not holder:
            del container[key]
        elif how == 5:
            other, there = recipe.one_of(places)
            with contextlib.suppress(KeyError, IndexError, ValueError, RecursionError):
                container[key] = json.loads(json.dumps(other[there]))
        elif how == 6:
            container[key] = [container[key]] if recipe.below(2) else {"a": container[key]}
        elif isinstance(container[key], str):
            container[key] = recipe.one_of([p for p in parts if isinstance(p, str)])
        elif isinstance(container[key], (int, float)):
            container[key] = recipe.number(2) - 2**15
        if not holder:
            break
    return holder[0] if holder else None


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


def training_state() -> dict[str, Any]:
    """What `BackupAndRestore` keeps besides the variables."""
    from gyeol import random as streams

    return {
        **{"epoch": 3, "step": 2, "seed": 7, "logs": {"loss": 0.5}, "epochs_done": 3},
        **{"history": {"loss": [1.5, 1.0, 0.75]}, "epochs": [0, 1, 2]},
        **{"is_trained": False, "has_stopped": False, "places": [None, None]},
        **{"random": streams.states(), "callbacks": {"Own 1": {"n": 3}}},
    }


class Loader:
    """Files of small models, and one check for each way to load what was made of them.

    Args:
        folder: an empty folder to work in.
        is_small: whether the plainest model is enough.
    """

    def __init__(self, folder: str | os.PathLike, is_small: bool = False):
        self.folder = Path(folder)
        self.files: dict[str, bytes] = {}
        self.configs: list[dict] = []
        for number, model in enumerate(_models(is_small)):
            for ending in (".keras", ".weights.h5", ".h5"):
                path = self.folder / f"m{number}{ending}"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    if ending == ".weights.h5":
                        model.save_weights(path)
                    else:
                        model.save(path)
                self.files[path.name] = path.read_bytes()
                path.unlink()
            self.configs.append(json.loads(self._members(f"m{number}.keras")["config.json"]))
            self.model = self.model if number else model
        self.parts = [container[key] for c in self.configs for container, key in _places(c)]
        self.parts += _names_of_classes()
        self.files["checkpoint"] = self._checkpoint()
        self.files["latest"] = _in_the_latest_form()
        self.checks: dict[str, Callable[[Recipe], None]] = {
            "config": self._config,
            "weights": self._weights,
            "archive": lambda recipe: self._file(recipe, ".keras"),
            "legacy": lambda recipe: self._file(recipe, ".h5"),
            "weights alone": self._weights_alone,
            "json": self._json,
            "legacy config": self._legacy_config,
            "checkpoint": self._training,
            "latest HDF5": self._latest,
        }

    def __call__(self, data: bytes) -> str:
        """Do what a recipe says.

        Returns:
            'loaded' or 'refused'.

        Raises:
            Finding: the file did what no file may do.
        """
        recipe = Recipe(data)
        name = recipe.one_of(list(self.checks))
        began, before = time.monotonic(), _peak(anew=True)
        refusal = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.checks[name](recipe)
        except Finding:
            raise
        except ValueError as error:
            refusal = error
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Finding(f"{name}: {type(error).__name__}: {error}") from error
        if refusal is not None:
            said = str(refusal)
            if "\n" in said or len(said) > _LONGEST_MESSAGE or not said:
                raise Finding(f"{name}: no message of a line: {said[:2000]!r}") from refusal
            if type(refusal) is not ValueError:
                raise Finding(f"{name}: {type(refusal).__name__}: {refusal}") from refusal
        if time.monotonic() - began > MOST_SECONDS:
            raise Finding(f"{name}: took {time.monotonic() - began:.0f} seconds")
        if (taken := _peak() - before) > MOST_BYTES:
            raise Finding(f"{name}: took {taken >> 20} MB")
        left = os.listdir(self.folder)
        if left not in ([], ["m.keras"]):
            raise Finding(f"{name}: left {left}")
        return "loaded" if refusal is None else "refused"

    # What is changed ---------------------------------------------------------------------------

    def _members(self, name: str) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.files[name])) as archive:
            return {member: archive.read(member) for member in archive.namelist()}

    def _number(self, recipe: Recipe) -> int:
        return recipe.below(len(self.configs))

    def _config(self, recipe: Recipe) -> None:
        number = self._number(recipe)
        config = changed_tree(self.configs[number], recipe, self.parts)
        self._load_archive({**self._members(f"m{number}.keras"), "config.json": _text(config)})

    def _weights(self, recipe: Recipe) -> None:
        members = self._members(f"m{self._number(recipe)}.keras")
        weights = changed_bytes(members["model.weights.h5"], recipe)
        self._load_archive({**members, "model.weights.h5": weights})

    def _load_archive(self, members: dict[str, bytes | str]) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        self._load(buffer.getvalue(), ".keras")

    def _file(self, recipe: Recipe, ending: str) -> None:
        self._load(changed_bytes(self.files[f"m{self._number(recipe)}{ending}"], recipe), ending)

    def _legacy_config(self, recipe: Recipe) -> None:
        import h5py

        buffer = io.BytesIO(self.files[f"m{self._number(recipe)}.h5"])
        name = recipe.one_of(("model_config", "training_config"))
        with h5py.File(buffer, "r+") as file:
            if name in file.attrs:
                config = changed_tree(json.loads(file.attrs[name]), recipe, self.parts)
                file.attrs[name] = _text(config).encode()[:60000]
        self._load(buffer.getvalue(), ".h5")

    def _load(self, content: bytes, ending: str) -> None:
        from gyeol import saving
        from gyeol.models import Model

        with self._named(content, ending) as path:
            if not isinstance(saving.load_model(path), Model):
                raise Finding("no model")

    @contextlib.contextmanager
    def _named(self, content: bytes, ending: str) -> Iterator[Path]:
        """A file of that content, which errors must name."""
        path = self.folder / f"changed{ending}"
        path.write_bytes(content)
        try:
            yield path
        except ValueError as error:
            if path.name not in str(error):
                raise Finding(f"does not name the file: {error}") from error
            raise
        finally:
            path.unlink()

    def _weights_alone(self, recipe: Recipe) -> None:
        ending = recipe.one_of((".weights.h5", ".h5"))
        content = changed_bytes(self.files[f"m0{ending}"], recipe)
        with self._unchanged_on_error(), self._named(content, ending) as path:
            self.model.load_weights(path)

    def _training(self, recipe: Recipe) -> None:
        from gyeol.saving.checkpoints import Read

        with self._unchanged_on_error(), self._named(b"", "") as path:
            path.write_bytes(changed_bytes(self.files["checkpoint"], recipe))
            try:
                Read(path).fill(self.model, self.model.variables)
            except ValueError as error:
                raise ValueError(f"{path.name}: {error}") from error

    @contextlib.contextmanager
    def _unchanged_on_error(self) -> Iterator[None]:
        values = [(v, v.value) for v in self.model.variables + self.model.optimizer.variables]
        try:
            yield
        except ValueError:
            if any(variable.value is not value for variable, value in values):
                raise Finding("a model was changed by a file that was refused") from None
            raise
        finally:
            for variable, value in values:
                variable.assign(value)

    def _json(self, recipe: Recipe) -> None:
        from gyeol import room, saving

        config = self.configs[self._number(recipe)]
        if recipe.below(2):
            text = changed_bytes(json.dumps(config).encode(), recipe)
        else:
            text = _text(changed_tree(config, recipe, self.parts))
        with room.at_most(1 << 24):  # whoever asks for a large model may have it
            saving.model_from_json(text)

    def _checkpoint(self) -> bytes:
        from gyeol.saving import checkpoints

        state = training_state()
        taken = checkpoints.taken(self.model, state, self.model.variables)
        path = self.folder / "checkpoint.weights.h5"
        checkpoints.write(taken, {"batch_size": 8}, path, self.folder / "before")
        content = path.read_bytes()
        path.unlink()
        return content

    def _latest(self, recipe: Recipe) -> None:
        """The newer forms of HDF5's structures, without the checksums that hide what is behind."""
        from gyeol.saving import hdf5_file

        content = changed_bytes(self.files["latest"], recipe)
        before = hdf5_file.Reader.checked

        def unchecked(reader: Any, place: int, size: int, signature: bytes) -> bytes:
            data = reader.bytes_at(place, size)
            if not data.startswith(signature):
                raise hdf5_file.damaged(place)
            return data

        hdf5_file.Reader.checked = unchecked
        try:
            walk(content)
        finally:
            hdf5_file.Reader.checked = before


def walk(content: bytes) -> list[Any]:
    """Everything in an HDF5 file: names and attributes and values."""
    from gyeol.saving.hdf5_file import Group, read_hdf5

    found: list[Any] = []
    root = read_hdf5(io.BytesIO(content))
    waiting, seen = [root], {id(root)}
    while waiting:
        part = waiting.pop()
        found += part.attrs.items()
        if isinstance(part, Group):
            for name in part:
                found.append(name)
                if id(part[name]) not in seen:
                    seen.add(id(part[name]))
                    waiting.append(part[name])
        elif part.is_plain:
            found.append(part.read())
    return found


def random_recipes(count: int, seed: int) -> Iterator[bytes]:
    """Recipes without a fuzzer."""
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.randbytes(rng.choice((8, 16, 32, 64)))


def _text(config: Any) -> str:
    return json.dumps(config)


def _models(is_small: bool) -> Iterator[Any]:
    import numpy as np

    import gyeol
    from gyeol import layers

    small = gyeol.Sequential(
        [
            gyeol.Input((4,)),
            layers.Dense(5, "relu", name="first", kernel_regularizer="l2"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5),
            layers.Dense(3, name="last"),
        ],
        name="small",
    )
    small.compile("adam", "mse", metrics=["mae"])
    small.train_on_batch(np.zeros((8, 4), "float32"), np.zeros((8, 3), "float32"))
    yield small
    if is_small:
        return
    # Few layers each: to begin with a layer takes the most time.
    image = gyeol.Input((4, 4, 1), name="image")
    x = layers.Conv2D(2, 3, activation="relu")(layers.Rescaling(1 / 255)(image))
    x = layers.Flatten()(layers.MaxPooling2D()(x) * 2.0)
    graph = gyeol.Model(image, {"a": layers.Dense(1)(x), "b": layers.Dense(2, "softmax")(x)})
    schedule = gyeol.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    losses = {"a": "mse", "b": gyeol.losses.SparseCategoricalCrossentropy()}
    graph.compile(gyeol.optimizers.SGD(schedule, 0.9), losses, metrics={"b": ["accuracy"]})
    yield graph
    words = gyeol.Input((3,), dtype="int32")
    x = layers.Embedding(9, 2, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    rows = gyeol.Model(words, gyeol.Sequential([layers.TimeDistributed(layers.Dense(2))])(x))
    rows.compile("rmsprop", "mse", metrics=[gyeol.metrics.AUC(num_thresholds=5)])
    yield rows
    x = gyeol.Input((3, 2))
    y = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(1, 2)(x, x)]))
    yield gyeol.Model(x, y)
    lookup = layers.IntegerLookup(vocabulary=[3, 5], output_mode="one_hot")
    numbers = layers.Normalization(mean=0.5, variance=2.0)
    x, y = gyeol.Input((1,), dtype="int32"), gyeol.Input((2,))
    yield gyeol.Model([x, y], layers.Concatenate()([lookup(x), numbers(y)]))


def _names_of_classes() -> list[Any]:
    from gyeol import serialization

    return sorted({name for _, name in serialization._OBJECTS} | serialization._CLASS_MODULES)


def _in_the_latest_form() -> bytes:
    import h5py
    import numpy as np

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as file:
        for i in range(12):
            file[f"many/{i}"] = np.arange(i, dtype="float32")
            file.attrs[f"attribute {i}"] = "x" * i
        file["one/flag"] = np.array([True, False])
        file.attrs["long"] = np.bytes_(b"x" * 6000)
        file.attrs["texts"] = np.array(["a", "결"], h5py.string_dtype())
    return buffer.getvalue()


def _peak(anew: bool = False) -> int:
    """The most bytes of memory that the process had; `anew`: from now on, where Linux lets us."""
    with contextlib.suppress(OSError):
        if anew:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


# With atheris ------------------------------------------------------------------------------------


def guided(seconds: int, seed: int, report: Path) -> None:
    """Let atheris write recipes for so long; what was found goes to `report` as JSON.

    It ends the process. A crash leaves the report as it was a moment before, with the recipe.
    """
    import atheris

    with atheris.instrument_imports(
        include=["gyeol.saving", "gyeol.serialization", "gyeol.layers"]
    ):
        import gyeol.layers
        import gyeol.saving  # noqa: F401
    folder = tempfile.mkdtemp(dir=report.parent)
    load = Loader(folder)
    found: dict[str, dict[str, str]] = {}
    state = {"executions": 0, "loaded": 0, "refused": 0, "current": "", "findings": found}
    began = last = time.monotonic()
    running = report.with_suffix(".current")

    def write() -> None:
        report.write_text(json.dumps({**state, "seconds": time.monotonic() - began}))

    def one(data: bytes) -> None:
        nonlocal last
        running.write_bytes(data)
        state["executions"] += 1
        try:
            state[load(data)] += 1
        except Finding as finding:
            where = _where(finding)
            if where not in found:
                found[where] = {"what": str(finding)[:1000], "recipe": data.hex()}
                write()
        if state["executions"] % 500 == 0:
            import jax

            jax.clear_caches()
        if time.monotonic() - last > 1:
            last = time.monotonic()
            write()
        if time.monotonic() - began > seconds:
            write()
            running.unlink()
            os._exit(0)

    write()
    corpus = tempfile.mkdtemp(dir=report.parent)
    for number, recipe in enumerate(random_recipes(100, seed)):
        Path(corpus, str(number)).write_bytes(struct.pack("<B", number % 9) + recipe[1:])
    options = [
        f"-seed={seed + 1}",
        "-max_len=96",
        f"-timeout={2 * MOST_SECONDS}",
        "-rss_limit_mb=0",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}-", corpus], one)
    atheris.Fuzz()


def _where(finding: Finding) -> str:
    """The place of a finding, by which one is told from another."""
    error = finding.__cause__ or finding
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "gyeol" in frame.filename and "fuzzing" not in frame.filename
    ]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__} {place} {'' if ours else str(finding)[:60]}"


if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    guided(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
