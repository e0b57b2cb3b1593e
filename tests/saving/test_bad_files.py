"""Damaged and hostile files: a `ValueError` of one line that names the file, and that is all."""

import json
import os
import random
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

import gyeol
from gyeol import saving

from .conftest import archive, make_model, members, same, state, with_config, with_weights


def refused(path, *words, load=saving.load_model):
    """Loading fails as it should; the reason."""
    with pytest.raises(ValueError) as caught:
        load(path)
    reason = str(caught.value)
    assert path.name in reason
    assert "\n" not in reason
    assert len(reason) < 1000
    for word in words:
        assert word in reason
    return reason


@pytest.fixture
def refused_weights(model):
    """Both ways of reading weights refuse a change to the file, and no variable changes."""

    def check(path, change, *words):
        before = state(model)
        refused(with_weights(path, change), *words, load=model.load_weights)
        assert same(before, state(model))

    return check


# Damage ----------------------------------------------------------------------------------------


def test_truncated_models(keras_file):
    whole = keras_file.read_bytes()
    for length in [*range(0, len(whole), len(whole) // 40), len(whole) - 1]:
        keras_file.write_bytes(whole[:length])
        refused(keras_file)


def test_truncated_weights(model, weights_file):
    whole, before = weights_file.read_bytes(), state(model)
    for length in [*range(0, len(whole), len(whole) // 40), len(whole) - 1]:
        weights_file.write_bytes(whole[:length])
        refused(weights_file, load=model.load_weights)
        assert same(before, state(model))


def test_flipped_bits_of_models(keras_file, trained):
    """The checks of the zip file find every flip in what is read."""
    whole, rng = keras_file.read_bytes(), random.Random(0)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        keras_file.write_bytes(damaged)
        try:
            model = saving.load_model(keras_file)
        except ValueError as error:
            assert keras_file.name in str(error)
            assert "\n" not in str(error)
        else:
            assert same(state(model), state(trained))


def test_flipped_bits_of_weights(model, weights_file):
    """HDF5 checks its structures; values have no check, so a flip in them is not seen."""
    whole, rng = weights_file.read_bytes(), random.Random(0)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 5))):
            damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        weights_file.write_bytes(damaged)
        before = state(model)
        try:
            model.load_weights(weights_file)
        except ValueError as error:
            assert weights_file.name in str(error)
            assert "\n" not in str(error)
            assert same(before, state(model))


def test_something_else(tmp_path, model):
    for content in (
        b"",
        b"text",
        b"PK\x03\x04",
        os.urandom(1000),
        b"\x89HDF\r\n\x1a\n" + b"x" * 99,
    ):
        for name in ("m.keras", "m.weights.h5"):
            (tmp_path / name).write_bytes(content)
            refused(tmp_path / name, load=model.load_weights)
        refused(tmp_path / "m.keras")


# Archives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_a_member_must_be_there_once(keras_file, name):
    contents = members(keras_file)
    archive(keras_file, [(n, data) for n, data in contents.items() if n != name])
    refused(keras_file, name)
    with pytest.warns(UserWarning, match="Duplicate"):
        archive(keras_file, [*contents.items(), (name, contents[name])])
    refused(keras_file, name)


def test_other_members_are_not_touched(keras_file, tmp_path):
    contents = members(keras_file)
    archive(
        keras_file, [*contents.items(), ("../outside", b"x"), ("/tmp/x", b"x"), ("assets/", b"")]
    )
    saving.load_model(keras_file)
    assert os.listdir(tmp_path) == [keras_file.name]


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_zip_bombs(keras_file, name):
    contents = {**members(keras_file), name: b"\0" * (200 << 20)}
    archive(keras_file, contents.items(), zipfile.ZIP_DEFLATED)
    assert os.path.getsize(keras_file) < 1 << 20
    tracemalloc.start()
    refused(keras_file, name, "too many")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_size_that_is_a_lie(keras_file):
    """The directory says less than the data holds, and more."""
    contents = members(keras_file)
    archive(keras_file, contents.items(), zipfile.ZIP_DEFLATED)
    whole = keras_file.read_bytes()
    size = len(contents["config.json"])
    for lie in (size - 1, size + 1, 10, 2**31):
        keras_file.write_bytes(whole.replace(size.to_bytes(4, "little"), lie.to_bytes(4, "little")))
        refused(keras_file)


def test_compressed_models_are_read(keras_file, trained):
    archive(keras_file, members(keras_file).items(), zipfile.ZIP_DEFLATED)
    assert same(state(saving.load_model(keras_file)), state(trained))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(keras_file, method):
    archive(keras_file, members(keras_file).items(), method)
    refused(keras_file, "never uses")


# Configs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "1", '"x"', "{}", '{"class_name": 1}', "\xff"]
)
def test_configs_that_are_none(keras_file, text):
    contents = {**members(keras_file), "config.json": text.encode("latin-1")}
    refused(archive(keras_file, contents.items()))


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_deep_configs(keras_file, depth):
    for opened, closed in (("[", "]"), ('{"a":', "}")):
        text = '{"class_name": "Dense", "config": ' + opened * depth + "1" + closed * depth + "}"
        contents = {**members(keras_file), "config.json": text}
        refused(archive(keras_file, contents.items()))


def test_long_configs(keras_file):
    contents = {**members(keras_file), "config.json": b" " * (17 << 20)}
    refused(archive(keras_file, contents.items()), "too many")


def replaced_layer(entry):
    """A change of a config that puts something in the place of its second layer."""

    def change(config):
        config["config"]["layers"][1] = entry

    return change


MARK = "/tmp/gyeol-was-here"
HOSTILE = [
    # Names that lead to code, as earlier attacks on Keras's loader used them.
    {"module": "builtins", "class_name": "eval", "config": {}, "registered_name": None},
    {"module": "os", "class_name": "system", "config": {"command": f"touch {MARK}"}},
    {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", MARK]}},
    {"module": "keras.layers", "class_name": "Lambda", "config": {"function": "x"}},
    {"class_name": "__lambda__", "config": {"value": ["4wAAAA==", None, None]}},
    {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://x"}},
    {"module": "keras.callbacks", "class_name": "CSVLogger", "config": {"filename": MARK}},
    {"module": "keras.saving", "class_name": "load_model", "config": {"filepath": MARK}},
    {"module": "keras.models", "class_name": "load_model", "config": {"filepath": MARK}},
    {"module": "gyeol.saving", "class_name": "load_model", "config": {}},
    {"module": "keras.layers", "class_name": "__init__", "config": {}},
    {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {"module": "x"}},
    {"module": "keras.layers", "class_name": ["Dense"], "config": {}},
    {"module": {"a": 1}, "class_name": "Dense", "config": {}},
    {"module": "keras.layers", "class_name": "Dense", "config": "units"},
    {"class_name": "function", "config": "load_model", "registered_name": "function"},
    {"class_name": "function", "config": {"a": 1}},
    {"class_name": "__numpy__", "config": {"value": [[1]], "dtype": "O"}},
    {"class_name": "__numpy__", "config": {"value": ["x"] * 9, "dtype": "S1000000000"}},
]


@pytest.mark.parametrize("entry", HOSTILE)
def test_names_that_lead_to_code(keras_file, entry):
    refused(with_config(keras_file, replaced_layer(entry)))
    assert not os.path.exists(MARK)


@pytest.mark.parametrize("name", ["load_model", "get_file", "eval", "os.system", "Dense", ""])
def test_functions_by_name(keras_file, name):
    def change(config):
        config["config"]["layers"][1]["config"]["activation"] = name

    refused(with_config(keras_file, change))


def test_a_file_of_something_else_than_a_model(keras_file):
    def change(config):
        return config["config"]["layers"][1]

    refused(with_config(keras_file, change), "no model")


def enlarged(**sizes):
    def change(config):
        config["config"]["layers"][1]["config"].update(sizes)

    return change


def enlarge_the_input(config):
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**12]
    config["config"]["build_input_shape"] = [None, 10**12]


def enlarge_a_metric(config):
    metric = {"module": "keras.metrics", "class_name": "AUC", "registered_name": None}
    config["compile_config"]["metrics"] = [{**metric, "config": {"num_thresholds": 10**10}}]


@pytest.mark.parametrize(
    "change",
    [
        enlarged(units=10**9),
        enlarged(units=10**18),
        enlarged(units=10**6),
        enlarge_the_input,
        enlarge_a_metric,
    ],
)
def test_sizes_beyond_what_the_file_holds(keras_file, change):
    with_config(keras_file, change)
    tracemalloc.start()
    refused(keras_file)
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:The state of optimizer")
def test_random_configs(keras_file):
    """Values of a config replaced, dropped and swapped: a model, or a ValueError of one line."""
    contents, rng = members(keras_file), random.Random(0)
    text = contents["config.json"]
    values = [None, 0, -1, 10**18, 1e308, "", "x", [], {}, [1], [None], True, {"class_name": "x"}]

    def places(value, path=()):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inner:
            yield (*path, key)
            if isinstance(item, (dict, list)):
                yield from places(item, (*path, key))

    known = list(places(json.loads(text)))
    for _ in range(100):
        config = holder = json.loads(text)
        *way, last = rng.choice(known)
        for key in way:
            holder = holder[key]
        if rng.random() < 0.7:
            holder[last] = rng.choice(values)
        else:
            del holder[last]
        archive(keras_file, {**contents, "config.json": json.dumps(config)}.items())
        try:
            saving.load_model(keras_file)
        except ValueError as error:
            assert keras_file.name in str(error)
            assert "\n" not in str(error)


# Weights ---------------------------------------------------------------------------------------

KERNEL = "layers/dense/vars/0"


def replaced(value):
    def change(file):
        del file[KERNEL]
        file[KERNEL] = value

    return change


@pytest.mark.parametrize(
    "value,words",
    [
        (np.zeros((4, 6), "float32"), ["'first'", "(4, 5)", "(4, 6)"]),
        (np.zeros((5, 4), "float32"), ["(5, 4)"]),
        (np.zeros((20,), "float32"), ["(20,)"]),
        (np.float32(0), ["()"]),
        (np.zeros((4, 5), "int32"), ["int32"]),
        (np.zeros((4, 5), "complex64"), ["numbers"]),
        (np.zeros((4, 5), "S4"), ["numbers"]),
        (np.zeros((4, 5), "V2"), ["numbers"]),
        (h5py.Empty("f4"), []),
        (np.full((4, 5), "x", h5py.string_dtype()), ["numbers"]),
        (np.zeros((4, 5), [("a", "f4")]), ["numbers"]),
    ],
)
def test_other_shapes_and_dtypes(keras_file, weights_file, refused_weights, value, words):
    for path in (keras_file, weights_file):
        refused_weights(path, replaced(value), *words)


@pytest.fixture
def secret(tmp_path):
    """A file of the user's that a hostile file might want to be read."""
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["data"] = np.full((4, 5), 42, "float32")
        file.create_group("group/vars")["0"] = np.full((4, 5), 42, "float32")
    # A read would move the first of these times, of last access.
    os.utime(path, (1, 2))
    yield path
    assert os.stat(path).st_atime == 1


def test_links_that_lead_elsewhere(keras_file, weights_file, secret, refused_weights):
    def external_array(file):
        del file[KERNEL]
        file[KERNEL] = h5py.ExternalLink(str(secret), "data")

    def external_group(file):
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink(str(secret), "group")

    def soft(file):
        file["elsewhere"] = file[KERNEL][()]
        del file[KERNEL]
        file[KERNEL] = h5py.SoftLink("/elsewhere")

    def dangling(file):
        del file[KERNEL]
        file[KERNEL] = h5py.SoftLink("/nowhere")

    def external_parts(file):
        del file["layers"]
        file["layers"] = h5py.ExternalLink(str(secret), "/")

    for path in (keras_file, weights_file):
        whole = path.read_bytes()
        for change in (external_array, external_group, external_parts, soft, dangling):
            path.write_bytes(whole)
            refused_weights(path, change)


def test_links_at_another_path_of_a_layer(tmp_path, secret):
    class Net(gyeol.Model):
        def __init__(self):
            super().__init__()
            self._hidden = gyeol.Sequential([gyeol.layers.Dense(3)])

        def call(self, x):
            return self._hidden(x)

    def change(file):
        del file["layers"]
        file["_hidden"] = h5py.ExternalLink(str(secret), "/")

    model, path = Net(), tmp_path / "m.weights.h5"
    model.build((None, 4))
    model.save_weights(path)
    refused(with_weights(path, change), load=model.load_weights)


def test_arrays_whose_bytes_lie_elsewhere(keras_file, weights_file, secret, refused_weights):
    def external_storage(file):
        del file[KERNEL]
        file.create_dataset(KERNEL, (4, 5), "float32", external=[(str(secret), 0, 80)])

    def virtual(file):
        del file[KERNEL]
        layout = h5py.VirtualLayout((4, 5), "float32")
        layout[:] = h5py.VirtualSource(str(secret), "data", (4, 5))
        file.create_virtual_dataset(KERNEL, layout)

    for path in (keras_file, weights_file):
        whole = path.read_bytes()
        for change in (external_storage, virtual):
            path.write_bytes(whole)
            refused_weights(path, change, "not stored as Keras")


def test_arrays_that_claim_more_than_is_stored(weights_file, refused_weights):
    def compressed(file):
        del file[KERNEL]
        file.create_dataset(KERNEL, data=np.zeros((4, 5), "float32"), compression="gzip")

    def huge(file):
        del file[KERNEL]
        file.create_dataset(KERNEL, (10**6, 10**6), "float32", chunks=(1000, 1000))

    def absent(file):
        del file[KERNEL]
        file.create_dataset(KERNEL, (4, 5), "float32")

    whole = weights_file.read_bytes()
    for change in (compressed, huge, absent):
        weights_file.write_bytes(whole)
        refused_weights(weights_file, change)


def test_groups_and_arrays_in_each_other_s_place(weights_file, refused_weights):
    def array_for_group(file):
        del file["layers/dense"]
        file["layers/dense"] = 1.0

    def group_for_array(file):
        del file[KERNEL]
        file.create_group(KERNEL)

    def loop(file):
        del file["layers/dense/vars"]
        file["layers/dense/vars"] = file["layers"]

    def renamed(file):
        file.move(KERNEL, "layers/dense/vars/zero")

    whole = weights_file.read_bytes()
    for change in (array_for_group, group_for_array, loop, renamed):
        weights_file.write_bytes(whole)
        refused_weights(weights_file, change)


def test_the_optimizer_s_arrays_are_checked_too(keras_file):
    def change(file):
        del file["optimizer/vars/2"]
        file["optimizer/vars/2"] = np.zeros((9, 9), "float32")

    refused(with_weights(keras_file, change), "'adam", "(9, 9)")


def test_weights_of_another_model_do_not_load(keras_file):
    other = make_model(units=7)
    other.save(keras_file.with_name("other.keras"))
    contents = members(keras_file)
    contents["model.weights.h5"] = members(keras_file.with_name("other.keras"))["model.weights.h5"]
    refused(archive(keras_file, contents.items()), "'last'")
