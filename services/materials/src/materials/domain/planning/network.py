"""The network of a site as arrays: which item goes into which, by how much, and on which level each is planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backbone.errors import Refusal

Ints = NDArray[np.int64]
# Of items, days and rows: half as wide, since there are tens of millions of them.
Numbers = NDArray[np.int32]
ROWS_MAX = int(np.iinfo(np.int32).max)


class RecipeCycle(Refusal):
    """An item goes into itself along its recipes; nothing on that way can be planned.

    `path` are the numbers of the items on it, in order, the first one again at the end.
    """

    def __init__(self, names: Iterable[object], path: Sequence[int]) -> None:
        told = " > ".join(map(str, names))
        super().__init__(f"items go into themselves: {told}", [("/recipes", told)])
        self.path = tuple(path)


class PlanTooLarge(Refusal):
    """A plan has more rows of one kind than `ROWS_MAX`."""


@dataclass(frozen=True, slots=True)
class Network:
    """Edges from what is made to what it takes.

    q quanta of `parent` take ceil(q * `numerator` / `denominator`) of `child`. All arrays have one entry an edge, shape
    (edges,), by parent; items are numbers from 0 to `items` - 1.
    """

    items: int
    parent: Ints
    child: Ints
    numerator: Ints
    denominator: Ints

    @classmethod
    def of(cls, items: int, parent: Ints, child: Ints, numerator: Ints, denominator: Ints) -> Network:
        """The network with its edges by parent, those of one parent in the order in which they were given."""
        order = np.argsort(parent, kind="stable")
        return cls(items, parent[order], child[order], numerator[order], denominator[order])

    def first_edges(self) -> Ints:
        """Where the edges of each item begin, shape (items + 1,)."""
        return np.searchsorted(self.parent, np.arange(self.items + 1))


def low_level_codes(network: Network) -> Ints:
    """The longest way down to each item, shape (items,): an item is planned when everything above it is.

    Takes a level a round: whoever has no open parent is next. Raises `RecipeCycle`.
    """
    codes = np.zeros(network.items, dtype=np.int64)
    open_parents = np.bincount(network.child, minlength=network.items)
    first = network.first_edges()
    ready = np.flatnonzero(open_parents == 0)
    done = level = 0
    while ready.size:
        codes[ready] = level
        done += ready.size
        level += 1
        children = network.child[edges_of(first, ready)]
        np.subtract.at(open_parents, children, 1)
        touched = np.unique(children)
        ready = touched[open_parents[touched] == 0]
    if done < network.items:
        path = _cycle(network, open_parents > 0)
        raise RecipeCycle(path, path)
    return codes


def edges_of(first: Ints, items: Ints | Numbers) -> Ints:
    """The edges of some items, in the order of the items; `first` is where those of each item begin."""
    counts = first[items + 1] - first[items]
    ends = np.cumsum(counts)
    inside = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counts, counts)
    edges: Ints = np.repeat(first[items], counts) + inside
    return edges


def _cycle(network: Network, left: NDArray[np.bool_]) -> list[int]:
    """A cycle among the items that are left when everything above them is gone."""
    # Each of them has a parent that is left, too: going up leads round.
    inner = left[network.parent] & left[network.child]
    above = dict(zip(network.child[inner].tolist(), network.parent[inner].tolist(), strict=True))
    at = min(above)
    seen: dict[int, None] = {}
    while at not in seen:
        seen[at] = None
        at = above[at]
    way = list(seen)
    cycle = way[way.index(at) :][::-1]
    least = cycle.index(min(cycle))
    return [*cycle[least:], *cycle[: least + 1]]
