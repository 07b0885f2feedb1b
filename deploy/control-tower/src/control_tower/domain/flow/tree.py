"""The transformation tree itself: nodes, edges, and the rank at which each node stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

NODES_COUNT_MAX: Final = 400
# Marks the place of an item that was modified: the same item, with other properties.
AFTER: Final = " after"


@dataclass(slots=True)
class Node:
    """A vendor, a lot, a run, a planned item or purchase, a peg, or an order line.

    `title_of` is the id whose title it shows, `thing` (kind and id) what its own page is about.
    """

    node_id: str
    kind: str
    title_of: str
    quantity: str = ""
    note: str = ""
    recipe_id: str | None = None
    planned: bool = False
    thing: tuple[str, str] | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """So much goes from one node into another; `planned` when it has not happened yet."""

    start: str
    end: str
    quantity: str
    planned: bool = False


@dataclass(slots=True)
class Flow:
    """The transformation tree of an order, ranks counted from what came from outside; `cut` when it is too large."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], Edge] = field(default_factory=dict)
    cut: bool = False

    @property
    def named(self) -> set[str]:
        """The ids whose titles and kinds the drawing needs."""
        recipes = {node.recipe_id for node in self.nodes.values() if node.recipe_id}
        return recipes | {node.title_of for node in self.nodes.values() if node.title_of}

    def node(self, node_id: str, kind: str, title_of: str, **more: Any) -> Node:
        """The node of this id, made where there is none."""
        return self.nodes.setdefault(node_id, Node(node_id, kind, title_of, **more))

    def link(self, start: str, end: str, quantity: str, *, planned: bool = False) -> None:
        """Let so much go from one node into another; replaces what was said of the two before."""
        self.edges[start, end] = Edge(start, end, quantity, planned)

    def drop(self, node_id: str) -> None:
        """Forget a node with all its edges."""
        del self.nodes[node_id]
        self.edges = {place: edge for place, edge in self.edges.items() if node_id not in place}

    def starts(self) -> set[str]:
        """The nodes that lead to another."""
        return {start for start, _ in self.edges}

    def ends(self) -> set[str]:
        """The nodes that something leads to."""
        return {end for _, end in self.edges}


def rank(flow: Flow) -> None:
    """Give every node the longest way from a source; then move each as near to what it goes into as it may be.

    A loop (rework of one lot) is walked once.
    """
    first = _from_sources(flow)
    after: dict[str, list[str]] = {node_id: [] for node_id in flow.nodes}
    for start, end in flow.edges:
        if first[end] > first[start]:
            after[start].append(end)
    for node_id in sorted(flow.nodes, key=lambda one: (-first[one], one)):
        nearest = [flow.nodes[end].rank for end in after[node_id]]
        flow.nodes[node_id].rank = min(nearest) - 1 if nearest else first[node_id]


def _from_sources(flow: Flow) -> dict[str, int]:
    into: dict[str, list[str]] = {node_id: [] for node_id in flow.nodes}
    for start, end in flow.edges:
        into[end].append(start)
    ranks: dict[str, int] = {}

    def rank_of(node_id: str, above: frozenset[str]) -> int:
        if node_id not in ranks:
            before = [rank_of(one, above | {node_id}) for one in into[node_id] if one not in above]
            ranks[node_id] = max(before, default=-1) + 1
        return ranks[node_id]

    for node_id in sorted(flow.nodes):
        rank_of(node_id, frozenset({node_id}))
    return ranks
