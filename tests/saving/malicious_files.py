"""Files that are out to do harm, one for every way that is known: what `load_model` must survive.

`CORPUS` holds them by name. Each is written into a folder of its own by a function of that folder;
`attempt` loads it as a victim would. A file may name `CANARY` in that folder, which nobody else
makes, and `SECRET`, which nobody else reads.
"""

import base64
import io
import itertools
import json
import marshal
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

import gyeol
from gyeol import layers, saving

CANARY, SECRET = "canary", "secret.h5"
CONFIG, WEIGHTS = "config.json", "model.weights.h5"

Change = Callable[[Any, Path], Any]


class Attack(NamedTuple):
    """A file of the corpus.

    Attributes:
        what: what it tries, with the number of the vulnerability of Keras's that it repeats.
        write: writes the file into a folder and returns its path.
        load: 'model', 'weights', 'json' or 'layer': how the victim loads it.
        is_refused: whether it must be refused; else it must load and do no harm. None: either.
    """

    what: str
    write: Callable[[Path], Path]
    load: str = "model"
    is_refused: bool | None = True


CORPUS: dict[str, Attack] = {}


def attempt(attack: Attack, path: Path) -> str | None:
    """Load a file; the reason why it is refused, or None.

    Raises:
        Exception: anything else than a refusal, or a refusal that changed the victim's model.
    """
    if attack.load == "weights":
        return _attempt_weights(path)
    load = {"model": saving.load_model, "json": _load_json, "layer": _load_layer}[attack.load]
    try:
        loaded = load(path)
    except ValueError as error:
        return str(error)
    assert isinstance(loaded, layers.Layer)
    return None


def _attempt_weights(path: Path) -> str | None:
    victim = plain_model()
    before = [np.array(v.value) for v in victim.variables]
    try:
        victim.load_weights(path)
    except ValueError as error:
        assert all(map(np.array_equal, before, (v.value for v in victim.variables)))
        return str(error)
    return None


def _load_json(path: Path) -> Any:
    return saving.model_from_json(path.read_bytes())


def _load_layer(path: Path) -> Any:
    return layers.deserialize(json.loads(path.read_bytes()))


# What good files look like ---------------------------------------------------------------------


def plain_model() -> gyeol.Model:
    """The model that all of these files begin as."""
    inputs = gyeol.Input((4,), name="input")
    hidden = layers.Dense(5, "relu", name="first")(inputs)
    model = gyeol.Model(inputs, layers.Dense(3, name="last")(hidden), name="plain")
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@cache
def _good(ending: str) -> bytes:
    """The bytes of a good file of the plain model."""
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"gyeol-good-{os.getpid()}{ending}"
    model = plain_model()
    save = model.save_weights if "weights" in ending else model.save
    save(path)
    try:
        return path.read_bytes()
    finally:
        path.unlink()


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_good(".keras"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(path: Path, members: Any, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return path


def good_config() -> dict[str, Any]:
    """The config of the plain model."""
    return json.loads(_members()[CONFIG])


# Configs: each in a '.keras' file, a folder, a legacy '.h5' file and as JSON ---------------------


def _as_keras(text: bytes, folder: Path) -> Path:
    return _zipped(folder / "m.keras", {**_members(), CONFIG: text})


def _as_folder(text: bytes, folder: Path) -> Path:
    path = folder / "m"
    path.mkdir()
    for name, data in {**_members(), CONFIG: text}.items():
        (path / name).write_bytes(data)
    return path


def _as_h5(text: bytes, folder: Path) -> Path:
    path = folder / "m.h5"
    path.write_bytes(_good(".h5"))
    with h5py.File(path, "r+") as file:
        del file.attrs["model_config"]
        if len(text) > 60_000:  # what does not fit into the header of an object
            file.attrs.create("model_config", text.decode("latin-1"), dtype=h5py.string_dtype())
        else:
            file.attrs.create("model_config", text, dtype=f"S{max(len(text), 1)}")
    return path


def _as_json(text: bytes, folder: Path) -> Path:
    path = folder / "m.json"
    path.write_bytes(text)
    return path


FORMATS = {"keras": _as_keras, "folder": _as_folder, "h5": _as_h5, "json": _as_json}


def config(
    name: str,
    what: str,
    change: Change,
    is_refused: bool | None = True,
    formats: tuple[str, ...] = tuple(FORMATS),
) -> None:
    """Enter a change of the config of the plain model, or what stands in its place."""
    for form in formats:

        def write(folder: Path, form: str = form) -> Path:
            new = good_config()
            text = change(new, folder)
            text = new if text is None else text
            text = text if isinstance(text, (bytes, str)) else json.dumps(text)
            text = text if isinstance(text, bytes) else text.encode()
            return FORMATS[form](text, folder)

        load = "json" if form == "json" else "model"
        CORPUS[f"{name}.{form}"] = Attack(what, write, load, is_refused)


def layer(name: str, what: str, entry: Any, is_refused: bool | None = True, **kwargs: Any) -> None:
    """Enter a layer that takes the place of the second; it is made from the folder if callable."""

    def change(new: Any, folder: Path) -> None:
        found = entry(folder) if callable(entry) else entry
        new["config"]["layers"][1] = {
            "name": "first",
            "inbound_nodes": new["config"]["layers"][1]["inbound_nodes"],
            **found,
        }

    config(name, what, change, is_refused, **kwargs)


def keras(class_name: str, module: str = "keras.layers", /, **settings: Any) -> dict[str, Any]:
    """The config of an object."""
    found = {"module": module, "class_name": class_name, "config": settings}
    return {**found, "registered_name": None}


def function(name: str, module: str = "builtins") -> dict[str, Any]:
    """The config of a function."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def payload(folder: Path) -> list[Any]:
    """Marshalled code that makes the canary when it is called."""
    source = f"lambda *a, **k: open({str(folder / CANARY)!r}, 'w').close() or a[0]"
    code = base64.encodebytes(marshal.dumps(eval(source).__code__)).decode()
    return [code, None, None]


def stored(folder: Path) -> dict[str, Any]:
    """Code in the form of a layer's argument."""
    code, defaults, closure = payload(folder)
    inner = {"code": code, "defaults": defaults, "closure": closure}
    return {"class_name": "__lambda__", "config": inner}


def stored_value(folder: Path) -> dict[str, Any]:
    """Code in the form of any other value."""
    return {"class_name": "__lambda__", "config": {"value": payload(folder)}}


# Code in a file ---------------------------------------------------------------------------------

layer(
    "lambda-layer",
    "CVE-2024-3660, and in .h5 CVE-2025-9905: marshalled code in a Lambda layer",
    lambda folder: keras("Lambda", name="first", function=stored(folder)),
)
layer(
    "lambda-layer-of-keras-2",
    "CVE-2024-3660: marshalled code as Keras 2 wrote it",
    lambda folder: {
        "class_name": "Lambda",
        "config": {"name": "first", "function": payload(folder), "function_type": "lambda"},
    },
)
layer(
    "lambda-layer-that-switches-safe-mode-off",
    "CVE-2025-9906: the file says safe_mode=False itself",
    lambda folder: keras("Lambda", name="first", function=stored(folder), safe_mode=False),
)
layer(
    "lambda-as-layer",
    "marshalled code in a layer's place",
    lambda folder: {"module": "keras.layers", **stored_value(folder)},
)
layer(
    "lambda-as-activation",
    "marshalled code as an argument",
    lambda folder: keras("Dense", name="first", units=5, activation=stored_value(folder)),
)
layer(
    "lambda-as-initializer",
    "marshalled code that a layer calls when it is built",
    lambda folder: keras("Dense", name="first", units=5, kernel_initializer=stored_value(folder)),
)
layer(
    "lambda-as-mask",
    "marshalled code beside a named function",
    lambda folder: keras("Lambda", name="first", function=function("relu"), mask=stored(folder)),
)
layer(
    "lambda-as-output-shape",
    "marshalled code that is not needed: it is left out",
    lambda folder: keras(
        "Lambda", name="first", function=function("relu"), output_shape=stored(folder)
    ),
    is_refused=None,
)
layer(
    "lambda-among-arguments",
    "marshalled code among the arguments of a named function",
    lambda folder: keras(
        "Lambda", name="first", function=function("relu"), arguments={"x": stored_value(folder)}
    ),
)
layer(
    "lambda-in-build-config",
    "marshalled code where a layer is built",
    lambda folder: {
        **keras("Dense", name="first", units=5),
        "build_config": {"input_shape": stored_value(folder)},
    },
    is_refused=None,
)


def _stored_in_call(new: Any, folder: Path) -> None:
    call = new["config"]["layers"][1]["inbound_nodes"][0]
    call["kwargs"] = {"training": stored_value(folder)}


config("lambda-in-a-call", "marshalled code as an argument of a layer's call", _stored_in_call)


def _stored_loss(new: Any, folder: Path) -> None:
    new["compile_config"]["loss"] = stored_value(folder)


config(
    "lambda-as-loss",
    "marshalled code that compile is given",
    _stored_loss,
    formats=("keras", "folder", "json"),
)
config(
    "lambda-as-model",
    "marshalled code in the model's place",
    lambda new, folder: stored_value(folder),
)


def _write_layer(folder: Path) -> Path:
    entry = keras("Lambda", name="first", function=stored(folder))
    return _as_json(json.dumps(entry).encode(), folder)


CORPUS["lambda-by-layers-deserialize"] = Attack(
    "CVE-2026-12481: marshalled code where nobody said what safe_mode is", _write_layer, "layer"
)

# Classes and functions of any module ------------------------------------------------------------

GADGETS = {
    "os-system": ("CVE-2025-1550", "os", "system", {"command": "touch {canary}"}),
    "popen": ("CVE-2025-1550", "subprocess", "Popen", {"args": ["touch", "{canary}"]}),
    "eval": ("CVE-2025-1550", "builtins", "eval", {"source": "open('{canary}', 'w')"}),
    "exec": ("CVE-2025-1550", "builtins", "exec", {"source": "open('{canary}', 'w')"}),
    "open": ("CVE-2025-1550", "builtins", "open", {"file": "{canary}", "mode": "w"}),
    "import": ("CVE-2025-1550", "importlib", "import_module", {"name": "antigravity"}),
    "antigravity": ("CVE-2025-1550: a module that acts when imported", "antigravity", "fly", {}),
    "pickle": ("CVE-2025-1550", "pickle", "loads", {"data": "cos\nsystem\n(S'id'\ntR."}),
    "numpy-load": ("CVE-2025-1550", "numpy", "load", {"file": "{secret}", "allow_pickle": True}),
    "func-load": ("CVE-2025-1550", "keras.src.utils.python_utils", "func_load", {"code": "x"}),
    "own-code-loader": ("gyeol's own reader of code", "gyeol.stored_code", "loaded", {"code": "x"}),
    "own-loader": ("gyeol's own loader", "gyeol.saving", "load_model", {"safe_mode": False}),
    "get-file": (
        "CVE-2025-8747: a download",
        "keras.utils",
        "get_file",
        {"fname": "{canary}", "origin": "http://127.0.0.1:9/x"},
    ),
    "get-file-archive": (
        "CVE-2024-55459, CVE-2025-12060, CVE-2025-12638: an archive that is unpacked",
        "keras.utils",
        "get_file",
        {"origin": "http://127.0.0.1:9/x.tar", "extract": True, "cache_dir": "{canary}"},
    ),
    "get-file-of-keras-src": (
        "CVE-2025-8747 by its inner name",
        "keras.src.utils.file_utils",
        "get_file",
        {"origin": "http://127.0.0.1:9/x"},
    ),
    "load-model": (
        "CVE-2025-9906: a second file, loaded with safe_mode=False",
        "keras.models",
        "load_model",
        {"filepath": "{secret}", "safe_mode": False},
    ),
    "save-model": (
        "a file that is written",
        "keras.saving",
        "save_model",
        {"filepath": "{canary}"},
    ),
    "unsafe-switch": (
        "CVE-2025-9906: the switch that lets code run",
        "keras.config",
        "enable_unsafe_deserialization",
        {},
    ),
    "torch-module": (
        "CVE-2025-49655: a pickle in a TorchModuleWrapper",
        "keras.layers",
        "TorchModuleWrapper",
        {"module": {"class_name": "__bytes__", "config": {"value": "gASVAA=="}}},
    ),
    "tfsm-layer": (
        "CVE-2026-1462: a SavedModel by its path",
        "keras.layers",
        "TFSMLayer",
        {"filepath": "{secret}", "call_endpoint": "serve"},
    ),
    "jax-layer": ("code of another library", "keras.layers", "JaxLayer", {"call_fn": "x"}),
    "csv-logger": (
        "a file that is written",
        "keras.callbacks",
        "CSVLogger",
        {"filename": "{canary}"},
    ),
    "backup": (
        "a folder that is read",
        "keras.callbacks",
        "BackupAndRestore",
        {"backup_dir": "{canary}"},
    ),
    "data-set": (
        "a folder that is read",
        "keras.utils",
        "image_dataset_from_directory",
        {"directory": "{canary}"},
    ),
    "dunder": ("an attribute of the table", "keras.layers", "__builtins__", {}),
    "dotted": ("a name with dots", "keras.layers", "Dense.__init__.__globals__", {}),
    "module-object": ("a module", "keras", "layers", {}),
    "abstract-module": ("a module of Keras's source", "keras.src.layers.core.dense", "os", {}),
}


def _filled(value: Any, folder: Path) -> Any:
    """The settings with the paths of this folder."""
    text = json.dumps(value).replace("{canary}", str(folder / CANARY))
    return json.loads(text.replace("{secret}", str(folder / SECRET)))


def _gadgets() -> None:
    for name, (what, module, attribute, settings) in GADGETS.items():
        layer(
            f"class-{name}",
            what,
            lambda folder, m=module, a=attribute, s=settings: keras(a, m, **_filled(s, folder)),
            formats=("keras", "h5", "json"),
        )
        # As the function of a Lambda layer, called with arguments of the file's: a 'gadget'.
        layer(
            f"function-{name}",
            f"{what}; as a Lambda layer's function",
            lambda folder, m=module, a=attribute, s=settings: keras(
                "Lambda", name="first", function=function(a, m), arguments=_filled(s, folder)
            ),
            formats=("keras", "h5"),
        )


_gadgets()
for _name, _value in {
    "activation": "get_file",
    "activation-config": function("load_model", "keras.models"),
    "kernel_initializer": keras("get_file", "keras.utils", origin="http://127.0.0.1:9"),
    "kernel_regularizer": keras("system", "os", command="true"),
    "dtype": keras("system", "os", command="true"),
}.items():
    layer(
        f"argument-{_name}",
        "CVE-2025-1550 in an argument of a layer",
        keras("Dense", name="first", units=5, **{_name.removesuffix("-config"): _value}),
    )
layer(
    "registered-name",
    "a registered name that points at something else: it means nothing",
    {**keras("Dense", name="first", units=5), "registered_name": "os>system"},
    is_refused=None,
)
layer(
    "registered-name-alone",
    "a registered name without a class",
    {**keras("None", "builtins"), "registered_name": "os.system"},
)
for _name in ("__class__", "__init__", "__dict__", "_own_variables", "call", "self", "build"):
    layer(
        f"attribute-{_name}",
        "an argument that would change the object itself",
        keras("Dense", name="first", units=5, **{_name: "x"}),
        formats=("keras", "json"),
    )
for _name, _entry in {
    "class-name-list": {**keras("Dense"), "class_name": ["Dense"]},
    "class-name-dict": {**keras("Dense"), "class_name": {"a": 1}},
    "class-name-null": {**keras("Dense"), "class_name": None},
    "module-dict": {**keras("Dense"), "module": {"a": 1}},
    "module-list": {**keras("Dense"), "module": [["a"]]},
    "config-text": {**keras("Dense"), "config": "units"},
    "config-list": {**keras("Dense"), "config": [3]},
    "config-null": {**keras("Dense"), "config": None},
    "config-number": {**keras("Dense"), "config": 3},
    "typespec": {"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": []},
    "bytes": {"class_name": "__bytes__", "config": {"value": "x"}},
    "object-array": {"class_name": "__numpy__", "config": {"value": [[1]], "dtype": "O"}},
    "text-array": {"class_name": "__numpy__", "config": {"value": ["x"], "dtype": "S1000000000"}},
    "slice": {"class_name": "__slice__", "config": {}},
    "shared": {**keras("Dense", units=5), "shared_object_id": [1]},
    "a-function": function("relu"),
    "an-optimizer": keras("SGD", "keras.optimizers"),
    "a-schedule": keras("CosineDecay", "keras.optimizers.schedules", initial_learning_rate=1),
}.items():
    # A shared number that is no number is no number; the layer is as it is.
    layer(f"form-{_name}", "something else in a layer's place", _entry, None)

# Paths and addresses ----------------------------------------------------------------------------

for _class, _settings in {
    "StringLookup": {"vocabulary": "{secret}"},
    "IntegerLookup": {"vocabulary": "{secret}"},
    "TextVectorization": {"vocabulary": "{secret}", "standardize": None, "split": None},
    "StringLookup-address": {"vocabulary": "http://127.0.0.1:9/vocabulary.txt"},
    "StringLookup-bucket": {"vocabulary": "gs://bucket/vocabulary.txt"},
    "StringLookup-list": {"vocabulary": ["{secret}"], "name": "first"},
    "StringLookup-weights": {"vocabulary": ["a"], "idf_weights": "{secret}"},
    "StringLookup-path-object": {"vocabulary": keras("Path", "pathlib", args="{secret}")},
    "Hashing": {"num_bins": 3, "salt": "{secret}"},
    "Normalization": {"mean": "{secret}", "variance": "{secret}"},
    "Discretization": {"bin_boundaries": "{secret}"},
    "Embedding": {"input_dim": 3, "output_dim": 2, "weights": "{secret}"},
    "Dense": {"units": 5, "name": "first", "weights": ["{secret}"]},
    "InputLayer": {"batch_shape": "{secret}", "name": "first"},
}.items():
    layer(
        f"path-{_class}",
        "CVE-2025-12058: a path or an address that is opened",
        lambda folder, c=_class, s=_settings: keras(c.split("-")[0], **_filled(s, folder)),
        is_refused=None,
    )
layer(
    "path-in-constant",
    "a path in an initializer",
    lambda folder: keras(
        "Dense",
        name="first",
        units=5,
        kernel_initializer=keras("Constant", "keras.initializers", value=str(folder / SECRET)),
    ),
    is_refused=None,
)


def _renamed(name: str) -> Change:
    def change(new: Any, folder: Path) -> str:
        text = json.dumps(new)
        return text.replace('"first"', json.dumps(name.replace("{canary}", str(folder / CANARY))))

    return change


for _number, _name in enumerate(
    (
        "../../{canary}",
        "{canary}",
        "..",
        "..\\..\\canary",
        "C:\\canary",
        "nul\0byte",
        "\ud800",
        "\x1b[2J\x1b]0;canary\x07",
        "two\nlines",
        "\u202ereversed",
        "long" * 100_000,
        "",
        "vars",
        "layers",
    )
):
    config(
        f"layer-name-{_number}",
        f"CVE-2026-12479: a layer named {_name[:20]!r}",
        _renamed(_name),
        is_refused=None,
    )

# More than a memory holds -----------------------------------------------------------------------

HUGE = 10**12


def _bombs() -> Iterator[tuple[str, dict[str, Any]]]:
    for size in (10**6, 10**8, HUGE, 10**18, 10**30):
        yield f"Dense-{size}", keras("Dense", units=size)
    yield "Embedding", keras("Embedding", input_dim=HUGE, output_dim=2)
    yield "Embedding-wide", keras("Embedding", input_dim=2, output_dim=10**9)
    for cell in ("SimpleRNN", "LSTM", "GRU"):
        yield cell, keras(cell, units=10**8)
    yield "RepeatVector", keras("RepeatVector", n=HUGE)
    yield "RepeatVector-32-bits", keras("RepeatVector", n=2**31)
    yield "Reshape", keras("Reshape", target_shape=[HUGE, -1])
    yield "Reshape-many-axes", keras("Reshape", target_shape=[1] * 100_000)
    yield "CategoryEncoding", keras("CategoryEncoding", num_tokens=HUGE)
    yield "MultiHeadAttention", keras("MultiHeadAttention", num_heads=10**6, key_dim=10**6)
    yield "EinsumDense", keras("EinsumDense", equation="ab,bc->ac", output_shape=[10**9])
    yield "EinsumDense-text", keras("EinsumDense", equation="a" * 10**6, output_shape=[3])
    yield (
        "Constant",
        keras(
            "Dense",
            units=5,
            kernel_initializer=keras("Constant", "keras.initializers", value=[[1.0] * 10**5] * 20),
        ),
    )
    yield (
        "Identity-matrix",
        keras("Dense", units=5 * 10**5, kernel_initializer=keras("Identity", "keras.initializers")),
    )
    for name in ("StringLookup", "IntegerLookup"):
        yield f"{name}-oov", keras(name, vocabulary=[1, 2], num_oov_indices=10**9)
        yield (
            f"{name}-depth",
            keras(
                name,
                vocabulary=[1, 2],
                output_mode="multi_hot",
                pad_to_max_tokens=True,
                max_tokens=HUGE,
            ),
        )
    yield (
        "TextVectorization",
        keras(
            "TextVectorization",
            vocabulary=["a"],
            standardize=None,
            split=None,
            output_sequence_length=HUGE,
            ngrams=HUGE,
        ),
    )
    yield "Hashing", keras("Hashing", num_bins=HUGE, output_mode="one_hot")
    yield "Discretization", keras("Discretization", num_bins=HUGE, epsilon=1e-30)
    yield (
        "Discretization-vector",
        keras("Discretization", bin_boundaries=list(range(10**5)), output_mode="one_hot"),
    )
    yield "GaussianNoise", keras("GaussianNoise", stddev=1e308)
    yield "Dropout", keras("Dropout", rate=0.5, noise_shape=[HUGE, HUGE])
    yield "Permute", keras("Permute", dims=list(range(1, 100_000)))
    yield (
        "StackedRNNCells",
        keras("RNN", cell=keras("StackedRNNCells", cells=[keras("LSTMCell", units=1)] * 3000)),
    )
    yield "Bidirectional", keras("Bidirectional", layer=keras("LSTM", units=10**8))
    yield "TimeDistributed", keras("TimeDistributed", layer=keras("Dense", units=HUGE))
    yield "Normalization", keras("Normalization", axis=list(range(10**5)))
    yield "BatchNormalization", keras("BatchNormalization", axis=HUGE)
    yield "GroupNormalization", keras("GroupNormalization", groups=HUGE)
    yield "Softmax", keras("Softmax", axis=list(range(10**5)))
    yield "Concatenate", keras("Concatenate", axis=HUGE)
    yield "Flatten", keras("Flatten", data_format="x" * 10**6)
    yield "seed", keras("Dropout", rate=0.5, seed=10**4000)
    yield "float", keras("Dropout", rate=1e400)


for _name, _entry in _bombs():
    layer(f"bomb-{_name}", "more than a memory holds", _entry, None, formats=("keras", "h5"))


def _sized(shape: list[Any], *entries: dict[str, Any]) -> Change:
    """A change to a Sequential model of these layers on an input of that shape."""

    def change(new: Any, folder: Path) -> dict[str, Any]:
        listed = [keras("InputLayer", batch_shape=shape, name="input"), *entries]
        listed = [{**e, "config": {"name": f"l{n}", **e["config"]}} for n, e in enumerate(listed)]
        model = keras("Sequential", "keras", name="m", layers=listed)
        return {**model, "config": {**model["config"], "trainable": True}}

    return change


PICTURE, VOLUME, SEQUENCE = [None, 64, 64, 3], [None, 16, 16, 16, 2], [None, 16, 4]
SIZED = {
    "input": ([None, HUGE], [keras("Dense", units=1)]),
    "input-batch": ([HUGE, 4], [keras("Dense", units=1)]),
    "input-axes": ([None] + [1] * 10_000, [keras("Flatten")]),
    "input-open-axes": ([None] * 30, [keras("Flatten")]),
    "input-negative": ([None, -5], [keras("Dense", units=1)]),
    "flatten": ([None, 10**4, 10**4, 3], [keras("Flatten"), keras("Dense", units=10)]),
    "flatten-open": ([None, None, 10**6], [keras("Flatten"), keras("Dense", units=10)]),
    "repeated": (SEQUENCE, [keras("UpSampling1D", size=100)] * 20),
    "many-layers": ([None, 1], [keras("Activation", activation="linear")] * 4000),
    "many-dense": ([None, 1], [keras("Dense", units=1)] * 1500),
    "Conv1D": (SEQUENCE, [keras("Conv1D", filters=10**9, kernel_size=3)]),
    "Conv2D": (PICTURE, [keras("Conv2D", filters=10**9, kernel_size=3)]),
    "Conv2D-kernel": (PICTURE, [keras("Conv2D", filters=1, kernel_size=[10**5, 10**5])]),
    "Conv2D-dilation": (
        PICTURE,
        [keras("Conv2D", filters=1, kernel_size=3, padding="same", dilation_rate=10**9)],
    ),
    "Conv2D-strides": (PICTURE, [keras("Conv2D", filters=1, kernel_size=3, strides=10**18)]),
    "Conv2DTranspose": (
        PICTURE,
        [keras("Conv2DTranspose", filters=1, kernel_size=3, strides=10**6)],
    ),
    "Conv2DTranspose-padding": (
        PICTURE,
        [keras("Conv2DTranspose", filters=1, kernel_size=3, output_padding=HUGE, strides=2)],
    ),
    "DepthwiseConv2D": (PICTURE, [keras("DepthwiseConv2D", kernel_size=[50, 50])]),
    "DepthwiseConv2D-wide": (
        PICTURE,
        [keras("DepthwiseConv2D", kernel_size=3, depth_multiplier=10**9)],
    ),
    "SeparableConv2D": (PICTURE, [keras("SeparableConv2D", filters=10**9, kernel_size=3)]),
    "MaxPooling2D": (PICTURE, [keras("MaxPooling2D", pool_size=10**9, padding="same")]),
    "MaxPooling3D": (VOLUME, [keras("MaxPooling3D", pool_size=10**4, padding="same")]),
    "AveragePooling2D": (PICTURE, [keras("AveragePooling2D", pool_size=10**6, padding="same")]),
    "AdaptiveAveragePooling2D": (PICTURE, [keras("AdaptiveAveragePooling2D", output_size=10**7)]),
    "AdaptiveMaxPooling2D": (PICTURE, [keras("AdaptiveMaxPooling2D", output_size=10**6)]),
    "UpSampling2D": (PICTURE, [keras("UpSampling2D", size=10**9)]),
    "UpSampling2D-bilinear": (
        PICTURE,
        [keras("UpSampling2D", size=10**4, interpolation="bilinear")],
    ),
    "ZeroPadding2D": (PICTURE, [keras("ZeroPadding2D", padding=10**9)]),
    "ZeroPadding1D": (SEQUENCE, [keras("ZeroPadding1D", padding=10**18)]),
    "Cropping2D": (PICTURE, [keras("Cropping2D", cropping=HUGE)]),
    "Resizing": (PICTURE, [keras("Resizing", height=10**6, width=10**6)]),
    "Resizing-bicubic": (
        PICTURE,
        [keras("Resizing", height=10**7, width=1, interpolation="bicubic")],
    ),
    "CenterCrop": (PICTURE, [keras("CenterCrop", height=10**6, width=10**6)]),
    "RandomCrop": (PICTURE, [keras("RandomCrop", height=10**6, width=10**6)]),
    "RandomZoom": (PICTURE, [keras("RandomZoom", height_factor=10**9)]),
    "GaussianBlur": (
        PICTURE,
        [keras("GaussianBlur", "keras.src.ops.image", kernel_size=[10**6, 10**6], sigma=[1, 1])],
    ),
    "LSTM-unrolled": ([None, 10**7, 1], [keras("LSTM", units=1, unroll=True)]),
    "LSTM-stateful": ([10**9, 4, 1], [keras("LSTM", units=100, stateful=True)]),
    "TimeDistributed": (
        [None, 10**6, 1],
        [keras("TimeDistributed", layer=keras("Dense", units=1))],
    ),
    "Attention": (SEQUENCE, [keras("MultiHeadAttention", num_heads=10**9, key_dim=1)]),
    "PReLU": ([None, 10**4, 10**4], [keras("PReLU")]),
    "LayerNormalization": ([None, 10**5, 10**5], [keras("LayerNormalization", axis=[1, 2])]),
    "nested": (
        [None, 4],
        [
            keras(
                "Sequential",
                "keras",
                layers=[keras("InputLayer", batch_shape=[None, 4]), keras("Dense", units=HUGE)],
            )
        ],
    ),
}
for _name, (_shape, _entries) in SIZED.items():
    config(
        f"sized-{_name}",
        "more than a memory holds",
        _sized(_shape, *_entries),
        None,
        formats=("keras", "json") if "many" in _name else ("keras", "h5"),
    )

# Functions of tensors, by Keras's names of their classes; and arguments of their calls.
OPERATORS = {
    "Repeat": {"repeats": HUGE, "axis": 1},
    "Repeat-list": {"repeats": [10**9] * 4, "axis": 1},
    "Tile": {"repeats": [1, HUGE]},
    "Pad": {"pad_width": [[0, 0], [0, HUGE]]},
    "BroadcastTo": {"shape": [HUGE, 10**6, 4]},
    "Split": {"indices_or_sections": 10**9, "axis": 1},
    "Split-list": {"indices_or_sections": list(range(10**5)), "axis": 1},
    "ArraySplit": {"indices_or_sections": 10**8, "axis": 1},
    "Hsplit": {"indices_or_sections": 10**9},
    "Diag": {"k": 10**9},
    "Diagflat": {"k": 10**6},
    "Vander": {"N": HUGE},
    "Diff": {"n": 10**9},
    "Rot90": {"k": HUGE},
    "Roll": {"shift": HUGE},
    "ExpandDims": {"axis": list(range(10**4))},
    "Reshape": {"newshape": [HUGE, -1]},
    "Bincount": {"minlength": HUGE},
    "Histogram": {"bins": HUGE, "range": [0, 1]},
    "Quantile": {"q": [0.5] * 10**5},
    "Kron": {},
    "Arange": {"stop": HUGE},
    "Linspace": {"num": HUGE},
    "Trace": {"offset": HUGE},
    "UnravelIndex": {"shape": [HUGE] * 50},
    "Einsum": {"subscripts": "ab->" + "a" * 10**5},
    "FullLike": {"fill_value": [[1] * 10**5]},
}
OPERATORS_OF_NN = {
    "OneHot": {"num_classes": HUGE},
    "MultiHot": {"num_classes": HUGE},
    "Unfold": {"kernel_size": 10**6, "padding": 10**6},
    "MaxPool": {"pool_size": 10**9, "padding": "same"},
    "AdaptiveAveragePool": {"output_size": 10**8},
    "DepthToSpace": {"block_size": 10**9},
    "SpaceToDepth": {"block_size": 10**9},
}
OPERATORS_OF_MATH = {
    "RFFT": {"fft_length": HUGE},
    "STFT": {"sequence_length": 2, "sequence_stride": 1, "fft_length": HUGE},
    "ExtractSequences": {"sequence_length": HUGE, "sequence_stride": 1},
    "SegmentSum": {"num_segments": HUGE},
    "TopK": {"k": HUGE},
}
OPERATORS_OF_CORE = {
    "Unstack": {"num": 10**9, "axis": 1},
    "Scatter": {"shape": [HUGE, 10**6]},
    "Slice": {"shape": [1, HUGE]},
    "Cast": {"dtype": "float32" * 10**6},
}
OPERATORS_OF_LINALG = {"Det": {}, "MatrixRank": {"tol": 1e400}, "SVD": {"full_matrices": "x"}}
for _module, _operators in {
    "numpy": OPERATORS,
    "nn": OPERATORS_OF_NN,
    "math": OPERATORS_OF_MATH,
    "core": OPERATORS_OF_CORE,
    "linalg": OPERATORS_OF_LINALG,
}.items():
    for _name, _settings in _operators.items():
        layer(
            f"operator-{_name}",
            "a function of tensors with a size that no memory holds",
            keras(_name.split("-")[0], f"keras.src.ops.{_module}", **_settings),
            None,
            formats=("keras",),
        )


def _compiled(**changes: Any) -> Change:
    def change(new: Any, folder: Path) -> None:
        new["compile_config"].update(changes)

    return change


for _name, _change in {
    "AUC": {"metrics": [keras("AUC", "keras.metrics", num_thresholds=10**9)]},
    "AUC-labels": {"metrics": [keras("AUC", "keras.metrics", num_labels=10**9, multi_label=True)]},
    "Precision": {"metrics": [keras("Precision", "keras.metrics", thresholds=[0.5] * 10**6)]},
    "Recall-at": {
        "metrics": [
            keras("RecallAtPrecision", "keras.metrics", precision=0.5, num_thresholds=10**9)
        ]
    },
    "F1": {"metrics": [keras("F1Score", "keras.metrics", threshold=1e400)]},
    "many-metrics": {"metrics": ["mae"] * 20_000},
    "loss-weights": {"loss_weights": [1.0] * 10**6},
    "optimizer": {"optimizer": keras("SGD", "keras.optimizers", learning_rate=10**400)},
    "ema": {"optimizer": keras("SGD", "keras.optimizers", use_ema=True, ema_momentum=2)},
    "schedule": {
        "optimizer": keras(
            "SGD",
            "keras.optimizers",
            learning_rate=keras(
                "PiecewiseConstantDecay",
                "keras.optimizers.schedules",
                boundaries=list(range(10**5)),
                values=[0.1] * (10**5 + 1),
            ),
        )
    },
    "loss-nested": {"loss": {"a": {"b": [["mse"] * 10] * 10}}},
}.items():
    config(f"compile-{_name}", "more than a memory holds", _compiled(**_change), None, ("keras",))

# Texts that are no configs ----------------------------------------------------------------------


def _deep(opened: str, closed: str, depth: int) -> str:
    return f'{{"class_name": "Dense", "config": {opened * depth}1{closed * depth}}}'


def _model_within(new: Any, times: int) -> Any:
    entry: Any = new
    for number in range(times):
        inner = {"name": f"m{number}", "layers": [entry]}
        entry = keras("Sequential", "keras", **inner)
    return entry


def _functional_within(new: Any, times: int) -> str:
    head = '{"module": "keras", "class_name": "Functional", "config": {"name": "m", "layers": ['
    return head * times + "]}}" * times


TEXTS = {
    "empty": lambda new: b"",
    "number": lambda new: b"1",
    "list": lambda new: b"[]",
    "null": lambda new: b"null",
    "nothing": lambda new: b"{}",
    "not-text": lambda new: b"\xff\xfe\x00",
    "utf-16": lambda new: json.dumps(new).encode("utf-16"),
    "mark": lambda new: b"\xef\xbb\xbf" + json.dumps(new).encode(),
    "nan": lambda new: json.dumps(new).replace('"units": 5', '"units": NaN'),
    "infinity": lambda new: json.dumps(new).replace('"units": 5', '"units": Infinity'),
    "long-number": lambda new: json.dumps(new).replace('"units": 5', '"units": ' + "9" * 100_000),
    "twice": lambda new: json.dumps(new)[:-1] + ', "config": {}, "class_name": "Dense"}',
    "deep-lists": lambda new: _deep("[", "]", 100_000),
    "deep-dicts": lambda new: _deep('{"a":', "}", 100_000),
    "deep-500": lambda new: _deep("[", "]", 500),
    "models-in-models": lambda new: _model_within(new, 30),
    "models-in-models-deep": lambda new: _functional_within(new, 10_000),
    "long": lambda new: b" " * (17 << 20),
    "many-keys": lambda new: json.dumps({**new, "x": {str(n): n for n in range(500_000)}}),
    "many-lists": lambda new: b'{"class_name": "Dense", "config": [' + b"[]," * 5_000_000 + b"1]}",
    "many-numbers": lambda new: b'{"class_name": "D", "config": [' + b"1.5," * 4_000_000 + b"1]}",
}
for _name, _text in TEXTS.items():
    config(
        f"text-{_name}",
        "a config that is none, or is too long or too deep",
        lambda new, folder, text=_text: text(new),
        is_refused=None,
    )


# Graphs -----------------------------------------------------------------------------------------


def _tensor(name: Any, node: Any = 0, number: Any = 0) -> dict[str, Any]:
    history = [name, node, number]
    return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}


def _called(*names: Any, **kwargs: Any) -> list[dict[str, Any]]:
    return [{"args": [_tensor(name) for name in names], "kwargs": kwargs}]


def _graph(place: int, nodes: Any) -> Change:
    def change(new: Any, folder: Path) -> None:
        new["config"]["layers"][place]["inbound_nodes"] = nodes

    return change


def _set(**changes: Any) -> Change:
    def change(new: Any, folder: Path) -> None:
        new["config"].update(changes)

    return change


def _chained(count: int, reverse: bool) -> Change:
    """Very many calls, in the order that takes longest to find a way through."""

    def change(new: Any, folder: Path) -> None:
        entries = new["config"]["layers"]
        act = keras("Activation", activation="linear", trainable=True)
        listed = [
            {
                **act,
                "config": {**act["config"], "name": f"a{n}"},
                "name": f"a{n}",
                "inbound_nodes": _called(f"a{n - 1}" if n else "input"),
            }
            for n in range(count)
        ]
        entries[1:1] = listed[::-1] if reverse else listed

    return change


def _doubled(new: Any, folder: Path) -> None:
    """Each layer adds the one before to itself: 2 ** 60 ways lead from the end to the beginning."""
    entries = new["config"]["layers"]
    for n in range(60):
        add = keras("Add", name=f"a{n}", trainable=True)
        before = [_tensor(f"a{n - 1}" if n else "first")] * 2
        calls = [{"args": [before], "kwargs": {}}]
        entries.insert(2 + n, {**add, "name": f"a{n}", "inbound_nodes": calls})
    entries[-1]["inbound_nodes"] = _called("a59")


def _wired_to_itself(new: Any, folder: Path) -> None:
    new["config"]["layers"].append(new["config"]["layers"][1])


GRAPHS = {
    "cycle": _graph(1, _called("last")),
    "self": _graph(1, _called("first")),
    "missing": _graph(1, _called("nobody")),
    "negative-node": _graph(1, [{"args": [_tensor("input", -1)], "kwargs": {}}]),
    "far-node": _graph(1, [{"args": [_tensor("input", 10**18)], "kwargs": {}}]),
    "text-node": _graph(1, [{"args": [_tensor("input", "x")], "kwargs": {}}]),
    "list-name": _graph(1, [{"args": [_tensor(["input"])], "kwargs": {}}]),
    "short-history": _graph(
        1,
        [{"args": [{"class_name": "__keras_tensor__", "config": {}}], "kwargs": {}}],
    ),
    "no-arguments": _graph(1, [{"args": [], "kwargs": {}}]),
    "no-kwargs": _graph(1, [{"args": [_tensor("input")]}]),
    "numbers": _graph(1, [{"args": [3], "kwargs": {}}]),
    "self-as-argument": _graph(1, [{"args": [_tensor("input")], "kwargs": {"self": 3}}]),
    "strange-argument": _graph(1, [{"args": [_tensor("input")], "kwargs": {"__class__": 3}}]),
    "mask": _graph(1, [{"args": [_tensor("input")], "kwargs": {"mask": [[HUGE]]}}]),
    "many-calls": _graph(1, _called("input") * 500),
    "wide-call": _graph(1, [{"args": [[_tensor("input")] * 5000], "kwargs": {}}]),
    "nodes-number": _graph(1, 3),
    "nodes-text": _graph(1, "input"),
    "nodes-null": _graph(1, None),
    "outputs-missing": _set(output_layers=[["nobody", 0, 0]]),
    "outputs-far": _set(output_layers=[["last", 10**9, 10**9]]),
    "outputs-negative": _set(output_layers=[["last", -1, -1]]),
    "outputs-empty": _set(output_layers=[]),
    "outputs-many": _set(output_layers=[["last", 0, 0]] * 10_000),
    "inputs-number": _set(input_layers=3),
    "inputs-elsewhere": _set(input_layers=[["last", 0, 0]]),
    "inputs-dict": _set(input_layers={"__class__": ["input", 0, 0]}),
    "layers-null": _set(layers=None),
    "layers-text": _set(layers="first"),
    "layers-dict": _set(layers={"a": 1}),
    "layers-numbers": _set(layers=[1, 2]),
    "name-number": _set(name=3),
    "name-path": _set(name="../../canary"),
    "trainable-text": _set(trainable="x"),
    "extra": _set(__init__="x"),
    "chained": _chained(1500, reverse=False),
    "chained-backwards": _chained(700, reverse=True),
    "doubled": _doubled,
    "layer-twice": _wired_to_itself,
}
for _name, _change in GRAPHS.items():
    config(
        f"graph-{_name}",
        "a graph that is none, or that takes long to follow",
        _change,
        is_refused=None,
        formats=("keras", "h5"),
    )


# Zip files --------------------------------------------------------------------------------------


def archive(name: str, what: str, is_refused: bool | None = True) -> Callable:
    """Enter a function of the good members, by name, that writes a '.keras' file."""

    def enter(write: Callable[[dict[str, bytes], Path], None]) -> Callable:
        def into(folder: Path) -> Path:
            path = folder / "m.keras"
            write(_members(), path)
            return path

        CORPUS[f"zip-{name}"] = Attack(what, into, "model", is_refused)
        CORPUS[f"zip-{name}.weights"] = Attack(what, into, "weights", None)
        return write

    return enter


@archive("traversal", "CVE-2025-12060: members that lie outside; they are not touched", False)
def _(members: dict[str, bytes], path: Path) -> None:
    outside = dict.fromkeys(
        (
            "../canary",
            "../../canary",
            str(path.parent / CANARY),
            "assets/../../canary",
            "C:\\canary",
            "..\\canary",
            "/" + "a/" * 5000 + "canary",
        ),
        b"x",
    )
    _zipped(path, {**members, **outside})


@archive("outside-only", "config and weights outside of the archive")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, {f"../{name}": data for name, data in members.items()})
    for name, data in members.items():
        (path.parent.parent / name).write_bytes(data) if False else None


@archive("links", "symbolic links as members")
def _(members: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name in members:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            file.writestr(info, str(path.parent / SECRET))


@archive("folders", "folders where members should be")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, {**members, f"{CONFIG}/": b"", f"{WEIGHTS}/x": b"x", CONFIG: b""})


@archive("device-names", "names of devices", False)
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, {**members, "/dev/zero": b"", "CON": b"", "NUL": b""})


for _member in (CONFIG, WEIGHTS):

    @archive(f"bomb-{_member}", "a zip bomb")
    def _(members: dict[str, bytes], path: Path, member: str = _member) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members.items():
                if name != member:
                    file.writestr(name, data)
            with file.open(member, "w", force_zip64=True) as into:
                for _ in range(1000):
                    into.write(bytes(1 << 20))

    @archive(f"bomb-within-the-ratio-{_member}", "a zip bomb that shrinks by less than 100 times")
    def _(members: dict[str, bytes], path: Path, member: str = _member) -> None:
        noise = np.random.default_rng(0).bytes(5 << 20)
        data = b"".join(
            noise[n << 14 : (n + 1) << 14] + bytes(1 << 20) for n in range(len(noise) >> 14)
        )
        members[member] = data + members[member]
        _zipped(path, members, zipfile.ZIP_DEFLATED)

    @archive(f"twice-{_member}", "a member twice: which one is looked at, which one used?")
    def _(members: dict[str, bytes], path: Path, member: str = _member) -> None:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _zipped(path, [*members.items(), (member, members[member])])

    @archive(f"absent-{_member}", "a member that is not there")
    def _(members: dict[str, bytes], path: Path, member: str = _member) -> None:
        _zipped(path, {name: data for name, data in members.items() if name != member})

    for _lie in (0, 1, 10**6, 2**31, 2**32 - 2):

        @archive(f"size-{_lie}-{_member}", "a size in the directory that is a lie")
        def _(
            members: dict[str, bytes], path: Path, member: str = _member, lie: int = _lie
        ) -> None:
            _zipped(path, members, zipfile.ZIP_DEFLATED)
            size = struct.pack("<I", len(members[member]))
            path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", lie)))


@archive("overlapping", "members that overlap: the directory quotes one stretch many times")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    whole = bytearray(path.read_bytes())
    # Every entry of the directory points at the first member.
    place = whole.find(b"PK\x01\x02")
    while place >= 0:
        whole[place + 42 : place + 46] = bytes(4)
        place = whole.find(b"PK\x01\x02", place + 46)
    path.write_bytes(whole)


@archive("many-members", "a directory of a million members", None)
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    whole = path.read_bytes()
    start = whole.find(b"PK\x01\x02")
    entry = whole[start : whole.find(b"PK\x01\x02", start + 4)]
    directory = whole[start : whole.find(b"PK\x05\x06")] + entry * 1_000_000
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, len(directory), start, 0)
    path.write_bytes(whole[:start] + directory + end)


for _method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93, 255):

    @archive(f"method-{_method}", "a way of compressing that Keras never uses")
    def _(members: dict[str, bytes], path: Path, method: int = _method) -> None:
        known = method if method < 90 else zipfile.ZIP_STORED
        _zipped(path, members, known)
        if known != method:
            whole = bytearray(path.read_bytes())
            for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
                place = whole.find(mark)
                while place >= 0:
                    whole[place + offset : place + offset + 2] = struct.pack("<H", method)
                    place = whole.find(mark, place + 4)
            path.write_bytes(whole)


@archive("encrypted", "members that are said to be encrypted")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    whole = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = whole.find(mark)
        while place >= 0:
            whole[place + offset] |= 1
            place = whole.find(mark, place + 4)
    path.write_bytes(whole)


@archive("other-names", "names in the directory that are not those of the members")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    whole = path.read_bytes()
    place = whole.rfind(b"PK\x01\x02")
    name = CONFIG.encode()
    path.write_bytes(whole[:place].replace(name, b"donfig.json", 1) + whole[place:])


@archive("prefixed", "a program before the archive", None)
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    path.write_bytes(b"#!/bin/sh\ntouch canary\n" + path.read_bytes())


@archive("hdf5-too", "an archive that begins like an HDF5 file")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + path.read_bytes())


@archive("no-archive", "noise that begins like an archive")
def _(members: dict[str, bytes], path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + np.random.default_rng(1).bytes(10_000))


@archive("only-an-end", "the end of an archive without the rest")
def _(members: dict[str, bytes], path: Path) -> None:
    path.write_bytes(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 3, 3, 2**32 - 2, 0, 0))


@archive("negative-offset", "a directory before the beginning of the file")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    whole = bytearray(path.read_bytes())
    place = whole.rfind(b"PK\x05\x06")
    whole[place + 12 : place + 20] = struct.pack("<II", 2**31, 2**31)
    path.write_bytes(whole)


@archive("wrong-checksum", "a member whose checksum is another")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    crc = struct.pack("<I", zlib.crc32(members[CONFIG]))
    path.write_bytes(path.read_bytes().replace(crc, b"abcd"))


@archive("truncated", "an archive that is cut off")
def _(members: dict[str, bytes], path: Path) -> None:
    _zipped(path, members)
    path.write_bytes(path.read_bytes()[:-300])


# Vocabularies: what an archive holds beside config and weights ---------------------------------


def _of_texts() -> gyeol.Model:
    return gyeol.Sequential(
        [gyeol.Input((1,), dtype="int32"), layers.IntegerLookup(vocabulary=None, name="words")],
        name="texts",
    )


@cache
def _text_members() -> dict[str, bytes]:
    """The members of a file whose layer has a vocabulary."""
    model = _of_texts()
    model.layers[0].set_vocabulary([3, 5])
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"gyeol-texts-{os.getpid()}.keras"
    model.save(path)
    try:
        with zipfile.ZipFile(path) as file:
            return {name: file.read(name) for name in file.namelist()}
    finally:
        path.unlink()


VOCABULARIES = {
    "path": lambda folder: str(folder / SECRET).encode(),
    "not-text": lambda folder: b"\xff\xfe\x00",
    "empty": lambda folder: b"",
    "words": lambda folder: b"os.system\n__import__\n",
    "twice": lambda folder: b"-1\n1\n1\n1\n",
    "long": lambda folder: b"1\n" * 10_000_000,
    "many": lambda folder: b"\n".join(b"%d" % n for n in range(2_000_000)),
    "huge-number": lambda folder: b"-1\n" + b"9" * 100_000,
    "nul": lambda folder: bytes(1000),
}
for _name, _made in VOCABULARIES.items():

    def _write(folder: Path, made: Callable = _made) -> Path:
        members = dict(_text_members())
        (name,) = (name for name in members if name.startswith("assets"))
        return _zipped(folder / "m.keras", {**members, name: made(folder)}, zipfile.ZIP_DEFLATED)

    CORPUS[f"vocabulary-{_name}"] = Attack("a vocabulary that is none", _write, "model", None)

    def _write_in_folder(folder: Path, made: Callable = _made, name: str = _name) -> Path:
        path = folder / "m"
        for member, data in _text_members().items():
            (path / member).parent.mkdir(parents=True, exist_ok=True)
            (path / member).write_bytes(data)
            if member.startswith("assets"):
                if name == "path":  # a link to the secret, in the vocabulary's place
                    (path / member).unlink()
                    (path / member).symlink_to(folder / SECRET)
                else:
                    (path / member).write_bytes(made(folder))
        return path

    CORPUS[f"vocabulary-{_name}.folder"] = Attack(
        "a vocabulary that is none, or a link", _write_in_folder, "model", None
    )


def _linked(name: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = _as_folder(json.dumps(good_config()).encode(), folder)
        (path / name).unlink()
        (path / name).symlink_to(folder / SECRET)
        return path

    return write


for _member in (CONFIG, WEIGHTS):
    CORPUS[f"folder-link-{_member}"] = Attack("a link that leads elsewhere", _linked(_member))


def _pipe(folder: Path) -> Path:
    path = _as_folder(json.dumps(good_config()).encode(), folder)
    (path / CONFIG).unlink()
    os.mkfifo(path / CONFIG)
    return path


CORPUS["folder-pipe"] = Attack("a pipe that never ends", _pipe)


# HDF5: each in a ".keras" file, a ".weights.h5" and both kinds of legacy file -------------------

# The group that holds an array of shape (4, 5), and its name there.
PLACES = {
    "keras": ("layers/dense/vars", "0"),
    "weights.h5": ("layers/dense/vars", "0"),
    "h5": ("model_weights/first/first", "kernel"),
    "old.h5": ("first/first", "kernel"),
}


def weights(
    name: str, what: str, is_refused: bool | None = True, formats: tuple[str, ...] = tuple(PLACES)
) -> Callable:
    """Enter a function that changes an open HDF5 file: of (file, group, name, folder)."""

    def enter(change: Callable[[Any, Any, str, Path], None]) -> Callable:
        for form in formats:
            load = "weights" if form in ("weights.h5", "old.h5") else "model"

            def write(folder: Path, form: str = form) -> Path:
                buffer = io.BytesIO(
                    {
                        "keras": lambda: _members()[WEIGHTS],
                        "weights.h5": lambda: _good(".weights.h5"),
                        "h5": lambda: _good(".h5"),
                        "old.h5": lambda: _good("-weights.hdf5"),
                    }[form]()
                )
                with h5py.File(buffer, "r+") as file:
                    _without_checksums(file)
                    group, key = PLACES[form]
                    change(file, file[group], key, folder)
                if form == "keras":
                    content = {**_members(), WEIGHTS: buffer.getvalue()}
                    return _zipped(folder / "m.keras", content)
                path = folder / f"m.{form}"
                path.write_bytes(buffer.getvalue())
                return path

            CORPUS[f"hdf5-{name}.{form}"] = Attack(what, write, load, is_refused)
        return change

    return enter


def _without_checksums(file: Any) -> None:
    """Who changes arrays changes their checksums too."""

    def drop(_: str, part: Any) -> None:
        part.attrs.pop("crc32", None)

    file.visititems(drop)


@weights("external-link", "CVE-2026-1669: a link into another file")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group[key] = h5py.ExternalLink(str(folder / SECRET), "data")


@weights("external-group", "CVE-2026-1669: a group that is a link into another file")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    above, name = group.parent, group.name.split("/")[-1]
    del above[name]
    above[name] = h5py.ExternalLink(str(folder / SECRET), "group")


@weights("external-storage", "CVE-2026-1669: an array whose bytes are another file")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group.create_dataset(key, (4, 5), "float32", external=[(str(folder / SECRET), 0, 80)])


@weights("external-storage-of-passwords", "CVE-2026-1669: an array of the bytes of /etc/passwd")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group.create_dataset(key, (4, 5), "float32", external=[("/etc/passwd", 0, 80)])


@weights("virtual", "CVE-2026-1669: a virtual data set of another file")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    layout = h5py.VirtualLayout((4, 5), "float32")
    layout[:] = h5py.VirtualSource(str(folder / SECRET), "data", (4, 5))
    group.create_virtual_dataset(key, layout)


@weights("soft-link", "a link by a path")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    file["elsewhere"] = group[key][()]
    del group[key]
    group[key] = h5py.SoftLink("/elsewhere")


@weights("dangling-link", "a link to nowhere")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group[key] = h5py.SoftLink("/nowhere")


@weights("link-to-itself", "a link that leads to itself")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group[key] = h5py.SoftLink(f"{group.name}/{key}")


@weights("cycle", "groups that hold themselves", None)
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    group["within"], file["self"] = file["/"], file["/"]
    group.parent["again"] = group.parent


@weights("group-within-itself", "a group in the place of what it holds")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group[key] = group


for _name, _shape, _settings in (
    ("chunked", (50_000_000, 50_000_000), {"chunks": (1000, 1000)}),
    ("zipped", (50_000_000, 50_000_000), {"chunks": (1000, 1000), "compression": "gzip"}),
    ("resizable", (4, 5), {"maxshape": (None, None)}),
    ("never-written", (4, 5), {}),
    ("huge-never-written", (10**6, 10**6), {}),
    ("scale-offset", (4, 5), {"chunks": (4, 5), "scaleoffset": 1}),
    ("checked", (4, 5), {"chunks": (4, 5), "fletcher32": True}),
    ("many-axes", (1,) * 32, {}),
    ("empty", (0, 5), {}),
):

    @weights(f"shape-{_name}", "CVE-2026-0897: a shape of which the file holds little or nothing")
    def _(
        file: Any,
        group: Any,
        key: str,
        folder: Path,
        shape: tuple = _shape,
        settings: dict = _settings,
    ) -> None:
        del group[key]
        group.create_dataset(key, shape, "float32", **settings)


@weights("zip-bomb", "CVE-2026-0897: an array of the right shape beside one of a gigabyte", None)
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    bomb = group.create_dataset(
        "bomb", (1 << 28,), "float32", chunks=(1 << 20,), compression="gzip", fillvalue=0
    )
    bomb[: 1 << 20] = 0


TYPES = {
    "big-endian": np.zeros((4, 5), ">f4"),
    "double": np.zeros((4, 5)),
    "half": np.zeros((4, 5), "float16"),
    "long-double": np.zeros((4, 5), "longdouble"),
    "integer": np.zeros((4, 5), "int32"),
    "bool": np.zeros((4, 5), bool),
    "complex": np.zeros((4, 5), "complex64"),
    "bytes": np.zeros((4, 5), "S4"),
    "void": np.zeros((4, 5), "V4"),
    "compound": np.zeros((4, 5), [("a", "f4")]),
    "nested": np.zeros((4, 5), [("a", [("b", "f4", (3,))])]),
    "text": np.full((4, 5), "x" * 1000, h5py.string_dtype()),
    "reference": np.empty((4, 5), h5py.ref_dtype),
    "enumeration": np.zeros((4, 5), h5py.enum_dtype({"a": 0, "b": 1}, "i4")),
    "no-space": h5py.Empty("f4"),
    "scalar": np.float32(0),
    "other-shape": np.zeros((5, 4), "float32"),
    "nan": np.full((4, 5), np.nan, "float32"),
}
for _name, _value in TYPES.items():
    # Numbers of other sizes and of the other end first are numbers; NaN is a value.
    @weights(
        f"type-{_name}",
        "values of another kind",
        None if _name in ("big-endian", "double", "half", "long-double", "nan") else True,
    )
    def _(file: Any, group: Any, key: str, folder: Path, value: Any = _value) -> None:
        del group[key]
        group.create_dataset(key, data=value, dtype=getattr(value, "dtype", None))


@weights("type-variable-length", "values that lie elsewhere in the file")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    made = group.create_dataset(key, (4, 5), h5py.vlen_dtype("f4"))
    made[0, 0] = np.zeros(1000, "f4")


@weights("committed-type", "a type that is an object of the file", None)
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    file["type"] = np.dtype("float32")
    del group[key]
    group.create_dataset(key, data=np.zeros((4, 5), "float32"), dtype=file["type"])


@weights("unknown-filter", "a filter whose code would be looked for on the disk")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4, 5))
    plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (1,))
    space = h5py.h5s.create_simple((4, 5))
    h5py.h5d.create(group.id, key.encode(), h5py.h5t.IEEE_F32LE, space, plist)


@weights("group-for-array", "a group in an array's place")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    del group[key]
    group.create_group(key)


@weights("array-for-group", "an array in a group's place")
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    above, name = group.parent, group.name.split("/")[-1]
    del above[name]
    above[name] = 1.0


@weights("many-groups", "very many groups", None, formats=("keras", "h5"))
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    for number in range(20_000):
        group.create_group(f"g{number}")


@weights("deep-groups", "groups in groups", None, formats=("keras", "h5"))
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    for _ in range(5000):
        group = group.create_group("g")


@weights("many-attributes", "very many attributes", None, formats=("keras", "h5"))
def _(file: Any, group: Any, key: str, folder: Path) -> None:
    for number in range(5000):
        group.attrs[f"a{number}"] = "x" * 100


# Legacy files: the names are attributes.
ATTRIBUTES = {
    "layer-names-path": ("layer_names", [b"../../canary", b"/", b"", b"first/first"]),
    "layer-names-twice": ("layer_names", [b"first", b"first"]),
    "layer-names-numbers": ("layer_names", np.arange(5)),
    "layer-names-many": ("layer_names", [b"%d" % n for n in range(2000)]),
    "layer-names-deep": ("layer_names", [b"a/" * 15_000]),
    "layer-names-none": ("layer_names", h5py.Empty("S1")),
    "layer-names-text": ("layer_names", "first"),
    "layer-names-reference": ("layer_names", np.empty((2,), h5py.ref_dtype)),
    "layer-names-not-text": ("layer_names", [b"\xff\xfe"]),
    "weight-names-path": ("weight_names", [b"/etc/passwd", b"../../canary"]),
    "weight-names-absolute": ("weight_names", [b"/last/last/kernel", b"/last/last/bias"]),
    "weight-names-dots": ("weight_names", [b"./kernel", b"../bias"]),
    "weight-names-empty": ("weight_names", [b"", b"/"]),
    "weight-names-cube": ("weight_names", np.full((2, 2, 2), b"a")),
}
for _name, (_attribute, _value) in ATTRIBUTES.items():

    @weights(f"{_name}", "names that lead elsewhere", formats=("h5", "old.h5"))
    def _(
        file: Any,
        group: Any,
        key: str,
        folder: Path,
        attribute: str = _attribute,
        value: Any = _value,
    ) -> None:
        holder = group.parent if attribute == "weight_names" else group.parent.parent
        del holder.attrs[attribute]
        holder.attrs.create(attribute, value)


TOP = {
    "config-long": ("model_config", "x" * (17 << 20)),
    "config-numbers": ("model_config", np.arange(10)),
    "config-list": ("model_config", [b"{}", b"{}"]),
    "config-void": ("model_config", np.void(b"{}")),
    "training-config": ("training_config", json.dumps({"optimizer_config": {"class_name": "os"}})),
    "training-config-deep": ("training_config", "[" * 50_000),
    "training-config-gadget": (
        "training_config",
        json.dumps({"optimizer_config": keras("system", "os", command="true"), "loss": "mse"}),
    ),
    "training-config-loss": (
        "training_config",
        json.dumps(
            {
                "optimizer_config": keras("SGD", "keras.optimizers"),
                "loss": keras("get_file", "keras.utils", origin="http://127.0.0.1:9"),
            }
        ),
    ),
    "keras-version": ("keras_version", "9" * 50_000),
}
for _name, (_attribute, _value) in TOP.items():

    @weights(f"{_name}", "what describes the model in a legacy file", None, formats=("h5",))
    def _(
        file: Any,
        group: Any,
        key: str,
        folder: Path,
        attribute: str = _attribute,
        value: Any = _value,
    ) -> None:
        file.attrs.pop(attribute, None)
        long = isinstance(value, str) and len(value) > 60_000
        file.attrs.create(attribute, value, dtype=h5py.string_dtype() if long else None)


def _bytes(form: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f"m.{form}"
        good = {"weights.h5": ".weights.h5", "h5": ".h5", "keras": ".keras"}[form]
        path.write_bytes(change(_good(good)))
        return path

    return write


BYTES = {
    "user-block": lambda data: bytes(512) + data,
    "end-far-away": lambda data: data[:40] + struct.pack("<Q", 2**60) + data[48:],
    "root-far-away": lambda data: data[:64] + struct.pack("<Q", 2**60) + data[72:],
    "signature-alone": lambda data: data[:8],
    "version-255": lambda data: data[:8] + b"\xff" + data[9:],
    "sizes-255": lambda data: data[:13] + b"\xff\xff" + data[15:],
    "noise": lambda data: data[:8] + np.random.default_rng(2).bytes(5000),
    "zeros": lambda data: bytes(len(data)),
    "twice": lambda data: data + data,
    "nothing": lambda data: b"",
}
for (_name, _change), _form in itertools.product(BYTES.items(), ("weights.h5", "h5", "keras")):
    CORPUS[f"bytes-{_name}.{_form}"] = Attack(
        "bytes that are no such file",
        _bytes(_form, _change),
        "weights" if _form == "weights.h5" else "model",
        None,
    )
