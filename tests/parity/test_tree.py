"""gyeol.tree and gyeol.backend against keras.tree and keras.backend."""

from collections import OrderedDict, namedtuple

import keras
import numpy as np
import pytest

import gyeol
from gyeol import backend, tree

Point = namedtuple("Point", "x y")
STRUCTURES = {
    "leaf": 1,
    "none": None,
    "list": [1, (2, [3, None])],
    "dict": {"b": [1, 2], "a": {"c": 3}},
    "ordered": OrderedDict([("b", 1), ("a", (2, None))]),
    "named": Point(1, [2]),
    "empty": [[], {}, 4],
    "words": ["one", np.ones(2)],
}


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
def test_structures(structure):
    for name in ("flatten", "flatten_with_path", "is_nested"):
        ours, theirs = (getattr(module.tree, name)(structure) for module in (gyeol, keras))
        assert repr(ours) == repr(theirs), name
    ours, theirs = (module.tree.lists_to_tuples(structure) for module in (gyeol, keras))
    keras.tree.assert_same_structure(ours, theirs)
    numbers = list(range(len(tree.flatten(structure))))
    assert tree.pack_sequence_as(structure, numbers) == keras.tree.pack_sequence_as(
        structure, numbers
    )
    for none_is_leaf in (True, False):
        ours, theirs = (
            module.tree.map_structure(str, structure, none_is_leaf=none_is_leaf)
            for module in (gyeol, keras)
        )
        assert ours == theirs
    for top_down in (True, False):
        met = ([], [])
        for module, seen in zip((gyeol, keras), met):
            module.tree.traverse(
                lambda part, seen=seen: seen.append(repr(part)), structure, top_down
            )
        assert met[0] == met[1]


def test_traverse_replaces_parts():
    for top_down in (True, False):
        results = [
            module.traverse(
                lambda part, m=module: m.MAP_TO_NONE if part == 2 else 9 if part == [3] else None,
                [1, (2, [3])],
                top_down,
            )
            for module in (tree, keras.tree)
        ]
        assert results[0] == results[1] == [1, (None, 9)]


def test_several_structures():
    for module in (tree, keras.tree):
        assert module.map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)]) == [11, (22,)]
        assert module.map_structure_up_to([0, 0], len, [[1, 2], [3]]) == [2, 1]
        assert module.map_shape_structure(len, {"a": (2, None), "b": [(3,)]}) == {"a": 2, "b": [1]}
        module.assert_same_structure([1, {"a": 2}], [3, {"a": 4}])
        module.assert_same_paths([1, (2,)], (1, [2]))
        for call in (
            lambda m=module: m.map_structure(max, [1, 2], [1, [2]]),
            lambda m=module: m.map_structure(max),
            lambda m=module: m.assert_same_structure([1], (1,)),
            lambda m=module: m.assert_same_paths([1], [1, 2]),
            lambda m=module: m.pack_sequence_as([1, 2], [1]),
        ):
            with pytest.raises(ValueError):
                call()


DTYPES = ("float32", np.float16, "bfloat16", int, float, bool, "uint8", np.dtype("int8"), None)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    for name in ("standardize_dtype", "is_float_dtype", "is_int_dtype"):
        assert getattr(backend, name)(dtype) == getattr(keras.backend, name)(dtype), name
    for other in DTYPES:
        assert backend.result_type(dtype, other) == keras.backend.result_type(dtype, other), other


def test_what_is_no_dtype():
    for module in (backend, keras.backend):
        with pytest.raises(ValueError):
            module.standardize_dtype("float31")
    assert backend.standardize_dtype("torch.int8") == "int8"
    assert backend.result_type() == keras.backend.result_type() == "float32"


def test_uids_count_from_one_with_the_names_of_layers():
    gyeol.utils.clear_session()
    keras.utils.clear_session()
    for module in (gyeol, keras):
        names = [module.layers.Dense(1).name for _ in range(2)]
        assert names == ["dense", "dense_1"]
        assert [module.backend.get_uid("dense") for _ in range(2)] == [3, 4]
        assert module.backend.get_uid("other") == 1
