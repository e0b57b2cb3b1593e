"""Where the boxes and lines of a layered drawing go: a graph without cycles, in rows.

After Sugiyama, Tagawa and Toda (1981): rows by longest path, the order in a row by the mean of the
neighbours' places, and then places in a row as near to the neighbours as the boxes' sizes allow.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise, starmap
from math import inf
from typing import NamedTuple

Edge = tuple[Hashable, Hashable]
Point = tuple[float, float]

_SWEEPS = 12
# A long line wants to be straight more than a box wants to be in the middle.
_STRAIGHTNESS = 8.0


class Size(NamedTuple):
    """A box: its extent along the row, and across the rows."""

    along: float
    across: float


class Layout(NamedTuple):
    """Where everything is.

    Attributes:
        centers: the middle of each box, (along, across).
        bends: for each edge the places where it passes rows on its way.
        rows: where each row begins and ends, across.
        size: of the whole.
        ranks: the row of each box.
    """

    centers: dict[Hashable, Point]
    bends: dict[Edge, list[Point]]
    rows: list[tuple[float, float]]
    size: Size
    ranks: dict[Hashable, int]


def layout(
    sizes: Mapping[Hashable, Size],
    edges: Sequence[Edge],
    gap: float,
    row_gap: float,
    first: Sequence[Hashable] = (),
    last: Sequence[Hashable] = (),
) -> Layout:
    """Place the boxes of a graph.

    Args:
        sizes: the boxes, each after those that lead to it.
        edges: what leads to what.
        gap: between boxes of a row.
        row_gap: between rows.
        first, last: boxes that belong to the first and to the last row.
    """
    ranks = _ranks(list(sizes), edges, first, last)
    rows: list[list] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
    for node in sizes:
        rows[ranks[node]].append(node)
    widths = {node: size.along for node, size in sizes.items()}
    chains: dict[Edge, list] = {}
    for source, target in edges:
        passed = [(source, target, rank) for rank in range(ranks[source] + 1, ranks[target])]
        for bend in passed:
            rows[bend[2]].append(bend)
            widths[bend] = 0.0
        chains[source, target] = passed
    links = [link for (a, b), passed in chains.items() for link in zip([a, *passed], [*passed, b])]
    above: dict = {node: [] for node in widths}
    below: dict = {node: [] for node in widths}
    for a, b in links:
        above[b].append(a)
        below[a].append(b)
    rows = _ordered(rows, above, below, links)
    along = _placed(rows, above, below, widths, gap, sizes)

    extents, at = [], 0.0
    for row in rows:
        height = max((sizes[node].across for node in row if node in sizes), default=0.0)
        extents.append((at, at + height))
        at += height + row_gap
    lowest = min((along[node] - widths[node] / 2 for node in along), default=0.0)
    highest = max((along[node] + widths[node] / 2 for node in along), default=0.0)
    middle = [(begin + end) / 2 for begin, end in extents]
    return Layout(
        {node: (along[node] - lowest, middle[ranks[node]]) for node in sizes},
        {
            edge: [(along[bend] - lowest, middle[bend[2]]) for bend in passed]
            for edge, passed in chains.items()
        },
        extents,
        Size(highest - lowest, max(at - row_gap, 0.0)),
        ranks,
    )


def _ranks(nodes: list, edges: Sequence[Edge], first: Sequence, last: Sequence) -> dict:
    parents: dict = {node: [] for node in nodes}
    children: dict = {node: [] for node in nodes}
    for source, target in edges:
        parents[target].append(source)
        children[source].append(target)
    ranks: dict = {}
    for node in nodes:
        ranks[node] = max((ranks[parent] + 1 for parent in parents[node]), default=0)
    # What nothing leads to stands just before what it leads to.
    for node in nodes:
        if not parents[node] and children[node] and node not in first:
            ranks[node] = min(ranks[child] for child in children[node]) - 1
    lowest = max(ranks.values(), default=0)
    return {node: lowest if node in last else rank for node, rank in ranks.items()}


def _ordered(rows: list[list], above: dict, below: dict, links: list) -> list[list]:
    best, fewest = [list(row) for row in rows], _crossings(rows, links)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = above if downwards else below
        for row in rows if downwards else reversed(rows):
            places = {node: place for other in rows for place, node in enumerate(other)}
            own = {node: place for place, node in enumerate(row)}

            def mean(node: Hashable, places: dict = places, own: dict = own) -> float:
                near = [places[n] for n in neighbours[node]]  # noqa: B023
                return sum(near) / len(near) if near else own[node]

            row.sort(key=mean)
        crossings = _crossings(rows, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _crossings(rows: list[list], links: list) -> int:
    row_of = {node: number for number, row in enumerate(rows) for node in row}
    place = {node: number for row in rows for number, node in enumerate(row)}
    between: dict[int, list] = {}
    for a, b in links:
        between.setdefault(row_of[a], []).append((place[a], place[b]))
    return sum(
        (a - c) * (b - d) < 0
        for pairs in between.values()
        for i, (a, b) in enumerate(pairs)
        for c, d in pairs[:i]
    )


def _placed(
    rows: list[list], above: dict, below: dict, widths: dict, gap: float, boxes: Mapping
) -> dict:
    def distance(left: Hashable, right: Hashable) -> float:
        return (widths[left] + widths[right]) / 2 + gap

    along: dict = {}
    for row in rows:
        places = _apart([0.0] * len(row), [1.0] * len(row), list(starmap(distance, pairwise(row))))
        middle = (places[0] + places[-1]) / 2 if places else 0.0
        along.update((node, place - middle) for node, place in zip(row, places))

    def pull(node: Hashable, other: Hashable) -> float:
        return 1.0 if node in boxes or other in boxes else _STRAIGHTNESS

    for sweep in range(4 * _SWEEPS):
        near = (above, below)[sweep % 2]
        both = sweep >= 2 * _SWEEPS  # at first from one side, so that the whole finds its place
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted, weights = [], []
            for node in row:
                others = above[node] + below[node] if both else near[node]
                pulls = [pull(node, other) for other in others]
                total = sum(pulls)
                mean = sum(p * along[o] for p, o in zip(pulls, others)) / (total or 1.0)
                wanted.append(mean if others else along[node])
                weights.append(total or 0.1)
            along.update(zip(row, _apart(wanted, weights, list(starmap(distance, pairwise(row))))))
    return _straightened(rows, above, below, along, distance)


def _straightened(
    rows: list[list], above: dict, below: dict, along: dict, distance: Callable
) -> dict:
    """The same with every chain, and every long line, in one column."""
    column: dict = {}
    for row in rows:
        for node in row:
            parents = above[node]
            alone = len(parents) == 1 and len(below[parents[0]]) == 1
            column[node] = column[parents[0]] if alone else node
    members: dict = {}
    for node, head in column.items():
        members.setdefault(head, []).append(node)
    left: dict = {head: [] for head in members}  # the columns before it, and how far off they are
    right: dict = {head: [] for head in members}
    for row in rows:
        for a, b in pairwise(row):
            left[column[b]].append((column[a], distance(a, b)))
            right[column[a]].append((column[b], distance(a, b)))
    order: list = []
    waiting = dict.fromkeys(members)
    while waiting:
        ready = [h for h in waiting if not any(other in waiting for other, _ in left[h])]
        if not ready:
            return along  # two columns cross
        order += ready
        for head in ready:
            del waiting[head]
    at: dict = {}
    for head in order:
        mean = sum(along[node] for node in members[head]) / len(members[head])
        at[head] = max([mean, *(at[other] + off for other, off in left[head])])
    for sweep in range(8 * _SWEEPS):
        for head in order if sweep % 2 else reversed(order):
            ends = above[members[head][0]] + below[members[head][-1]]
            if not ends:
                continue
            wanted = sum(at[column[end]] for end in ends) / len(ends)
            lowest = max((at[o] + off for o, off in left[head]), default=-inf)
            highest = min((at[o] - off for o, off in right[head]), default=inf)
            at[head] = min(max(wanted, lowest), max(highest, lowest))
    return {node: at[head] for node, head in column.items()}


def _apart(wanted: list[float], weights: list[float], distances: list[float]) -> list[float]:
    """The nearest places to those wanted, in order and at least so far from each other.

    By pooling adjacent violators, which is exact for the weighted sum of squares.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[list[float]] = []  # weight, place, how many
    for place, weight, offset in zip(wanted, weights, offsets):
        pools.append([weight, place - offset, 1])
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            weight, place, count = pools.pop()
            pool = pools[-1]
            pool[1] = (pool[0] * pool[1] + weight * place) / (pool[0] + weight)
            pool[0] += weight
            pool[2] += count
    places = [place for _, place, count in pools for _ in range(int(count))]
    return [place + offset for place, offset in zip(places, offsets)]
