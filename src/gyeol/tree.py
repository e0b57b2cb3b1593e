"""Structures of lists, tuples and dicts, as `keras.tree`: JAX's, with None as a leaf."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jax


class MAP_TO_NONE:
    """What a function given to `traverse` returns to put None in a place."""


def is_nested(structure: Any) -> bool:
    """Whether this is a list, a tuple, a dict or the like, and not a leaf.

    >>> is_nested([]), is_nested("words")
    (True, False)
    """
    return structure is not None and not jax.tree_util.all_leaves([structure])


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order; those of a dict in the order of its sorted keys.

    >>> flatten({"b": [1, None], "a": 2})
    [2, 1, None]
    """
    return jax.tree.leaves(structure, is_leaf=_is_none)


def flatten_with_path(structure: Any) -> list[tuple[tuple, Any]]:
    """(path, leaf) of each leaf, the path being the keys and indices that lead there.

    >>> flatten_with_path([{"name": 1}, 2])
    [((0, 'name'), 1), ((1,), 2)]
    """
    if not is_nested(structure):
        return [((), structure)]
    if isinstance(structure, Mapping):
        keys = structure if isinstance(structure, OrderedDict) else sorted(structure)
        children: Iterable[tuple[Any, Any]] = [(key, structure[key]) for key in keys]
    else:
        children = enumerate(_one_level(structure)[0])
    return [
        ((key, *path), leaf) for key, child in children for path, leaf in flatten_with_path(child)
    ]


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """The structure of what a function returns for each leaf.

    Args:
        func: takes as many leaves as there are structures.
        structures: structures of one form.
        none_is_leaf: whether the function is called for None too; else None stays.

    Raises:
        ValueError: no structure, or structures of different forms.

    >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    if not structures:
        raise ValueError("map_structure needs at least one structure.")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)
    return jax.tree.map(func, *structures, is_leaf=_is_none if none_is_leaf else None)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """As `map_structure`, for the parts of the structures in the places of another's leaves.

    Args:
        shallow_structure: whose form the result has.
        func: takes as many parts as there are structures.
        structures: of the same form, or with more structure in the places of the leaves.

    >>> map_structure_up_to([None, None], len, [[1, 2], [3]])
    [2, 1]
    """
    if not structures:
        raise ValueError("map_structure_up_to needs at least one structure.")
    return jax.tree.map(
        lambda _, *parts: func(*parts), shallow_structure, *structures, is_leaf=_is_none
    )


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """The structure with other leaves.

    Args:
        structure: gives the form.
        flat_sequence: the leaves, in the order of `flatten`.

    Raises:
        ValueError: another number of leaves.

    >>> pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'a': (1, 2), 'b': 3}
    """
    leaves, form = list(flat_sequence), jax.tree.structure(structure, is_leaf=_is_none)
    if len(leaves) != form.num_leaves:
        raise ValueError(f"The structure has {form.num_leaves} leaves; got {len(leaves)}.")
    return jax.tree.unflatten(form, leaves)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Replace parts of a structure by what a function returns for them.

    Args:
        func: takes a part, a leaf too. None leaves it as it is (top down, its own parts follow);
            `MAP_TO_NONE` puts None in its place.
        structure: the structure.
        top_down: whether a part comes before its own parts, or after.

    >>> traverse(lambda part: tuple(part) if isinstance(part, list) else None, [1, [2]], False)
    (1, (2,))
    """
    if top_down:
        replaced = func(structure)
        if replaced is None:
            return _with_children(structure, lambda child: traverse(func, child, True))
    else:
        structure = _with_children(structure, lambda child: traverse(func, child, False))
        replaced = func(structure)
        if replaced is None:
            return structure
    return None if replaced is MAP_TO_NONE else replaced


def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples for lists."""
    return traverse(lambda part: tuple(part) if isinstance(part, list) else None, structure, False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """As `map_structure`, with shapes, such as (None, 3), as leaves."""

    def is_shape(part: Any) -> bool:
        if isinstance(part, (list, tuple)):
            return all(size is None or isinstance(size, int) for size in part)
        return part is None

    return jax.tree.map(func, structure, is_leaf=is_shape)


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Raise unless two structures have one form.

    Args:
        a, b: the structures.
        check_types: of no meaning.

    Raises:
        ValueError: structures of different forms.
    """
    forms = [jax.tree.structure(part, is_leaf=_is_none) for part in (a, b)]
    if forms[0] != forms[1]:
        raise ValueError(f"The structures differ: {forms[0]} and {forms[1]}.")


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise unless the same keys and indices lead to the leaves of two structures.

    Raises:
        ValueError: paths that only one of them has, which the message names.
    """
    paths = [{path for path, _ in flatten_with_path(part)} for part in (a, b)]
    if paths[0] != paths[1]:
        raise ValueError(
            f"The structures differ: only the first has {sorted(paths[0] - paths[1], key=str)}, "
            f"only the second {sorted(paths[1] - paths[0], key=str)}."
        )


def _is_none(part: Any) -> bool:
    return part is None


def _one_level(structure: Any) -> tuple[list[Any], Any]:
    return jax.tree.flatten(structure, is_leaf=lambda part: part is not structure)


def _with_children(structure: Any, func: Callable[[Any], Any]) -> Any:
    if not is_nested(structure):
        return structure
    children, form = _one_level(structure)
    changed = jax.tree.unflatten(form, [func(child) for child in children])
    # JAX sorts the keys of a dict; they stay in their order.
    return {key: changed[key] for key in structure} if type(structure) is dict else changed
