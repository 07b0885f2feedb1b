"""How an order's goods were transformed: lots into runs, runs into lots, lots to order lines; planned and done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contracts import materials, orders, production, service_desk, vendors
from contracts.shapes import LotPart
from contracts.values import Quantity
from control_tower.domain.heard import Heard, in_order

NODES_COUNT_MAX: Final = 400
AFTER: Final = " after"
_THEN: Final = "with other properties"


@dataclass(slots=True)
class Node:
    """A lot, a run, an item that is still planned, or an order line; `title_of` is the id whose title it shows."""

    node_id: str
    kind: str
    title_of: str
    quantity: str = ""
    note: str = ""
    recipe_id: str | None = None
    planned: bool = False
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
    """The transformation tree of an order, ranks counted from what came from outside."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], Edge] = field(default_factory=dict)

    @property
    def named(self) -> set[str]:
        """The ids whose titles and kinds the drawing needs."""
        recipes = {node.recipe_id for node in self.nodes.values() if node.recipe_id}
        return recipes | {node.title_of for node in self.nodes.values() if node.title_of}


def flow_of(heard: Sequence[Heard]) -> Flow:
    """The flow that facts of one order tell, in whatever order they are given."""
    flow = Flow()
    facts = [one.fact for one in in_order(heard)]
    for stage in (_PLANNED, _DONE):
        for fact in facts:
            step = stage.get(type(fact).__name__)
            if step is not None and len(flow.nodes) < NODES_COUNT_MAX:
                step(flow, fact)
    _join_unmodified(flow)
    _drop_loose_plans(flow)
    _rank(flow)
    return flow


def _node(flow: Flow, node_id: str, kind: str, title_of: str, **more: Any) -> Node:
    return flow.nodes.setdefault(node_id, Node(node_id, kind, title_of, **more))


def _edge(flow: Flow, start: str, end: str, quantity: str, *, planned: bool = False) -> None:
    flow.edges[start, end] = Edge(start, end, quantity, planned)


def _lot(flow: Flow, part: LotPart, note: str = "") -> str:
    node = _node(flow, f"lot {part.lot_id}", "lot", part.sku, quantity=str(part.quantity), note=part.lot_id)
    properties = ", ".join(f"{one.name} {one.value} {one.scale}" for one in part.properties)
    for more in (note, properties):
        if more and more not in node.note:
            node.note = f"{node.note} · {more}"
    return node.node_id


def _placed(flow: Flow, fact: orders.OrderPlaced) -> None:
    for line in fact.lines:
        if line.demand.kind == "good":
            wanted = line.demand
            _node(
                flow,
                f"line {wanted.line_id}",
                "line",
                wanted.item,
                quantity=f"{wanted.quantity} {wanted.unit}",
                note=f"line {wanted.line_id}",
            )


def _run_node(flow: Flow, planned_order_id: str) -> Node:
    return _node(flow, f"run {planned_order_id}", "run", "", planned=True)


def _run_requested(flow: Flow, fact: materials.RunRequested) -> None:
    node = _run_node(flow, fact.planned_order_id)
    node.recipe_id, node.title_of = fact.recipe_id, fact.recipe_id
    node.note = f"v{fact.recipe_version}, {fact.runs} runs"
    taken = {part.sku for part in fact.inputs}
    for part in fact.inputs:
        made_again = part.sku in {output.sku for output in fact.outputs}
        # Whoever wants properties takes the item as the modification leaves it, and the modification as it was before.
        place = AFTER if part.window and not made_again else ""
        start = _planned_item(flow, part.sku, place)
        _edge(flow, start, node.node_id, str(part.quantity), planned=True)
    for part in fact.outputs:
        end = _planned_item(flow, part.sku, AFTER if part.sku in taken else "")
        _edge(flow, node.node_id, end, str(part.quantity), planned=True)


def _planned_item(flow: Flow, sku: str, place: str) -> str:
    note = _THEN if place else ""
    return _node(flow, f"item {sku}{place}", "planned", sku, planned=True, note=note).node_id


def _consumed(flow: Flow, fact: production.MaterialConsumed) -> None:
    node = _run_node(flow, fact.planned_order_id)
    node.planned = False
    for part in fact.lots:
        start = _lot(flow, part)
        had = flow.edges.get((start, node.node_id))
        amount = part.quantity + (Quantity(had.quantity) if had else Quantity(0))
        _edge(flow, start, node.node_id, str(amount))


def _produced(flow: Flow, fact: production.MaterialProduced) -> None:
    node = _run_node(flow, fact.planned_order_id)
    node.planned = False
    for made in fact.lots:
        note = made.role if not made.blocked else f"{made.role}, blocked"
        _edge(flow, node.node_id, _lot(flow, made.part, note), str(made.part.quantity))


def _received(flow: Flow, fact: vendors.GoodsReceived) -> None:
    for line in fact.lines:
        for part in line.lots:
            vendor = _node(flow, f"vendor {fact.vendor_id}", "vendor", fact.vendor_id)
            _edge(flow, vendor.node_id, _lot(flow, part, part.vendor_lot or ""), str(part.quantity))


def _ready(flow: Flow, fact: materials.GoodsReady) -> None:
    line = f"line {fact.line_id}"
    if line in flow.nodes:
        for part in fact.lots:
            _edge(flow, _lot(flow, part), line, str(part.quantity), planned=True)


def _handed_over(flow: Flow, fact: service_desk.HandOverCompleted) -> None:
    for delivered in fact.lines:
        line = f"line {delivered.line_id}"
        if line in flow.nodes:
            for part in delivered.lots:
                serials = ", ".join(part.serials[:3])
                _edge(flow, _lot(flow, part, serials), line, str(part.quantity))


_PLANNED: Final[dict[str, Callable[[Flow, Any], None]]] = {
    "OrderPlaced": _placed,
    "RunRequested": _run_requested,
}
_DONE: Final[dict[str, Callable[[Flow, Any], None]]] = {
    "MaterialConsumed": _consumed,
    "MaterialProduced": _produced,
    "GoodsReceived": _received,
    "GoodsReady": _ready,
    "HandOverCompleted": _handed_over,
}


def _join_unmodified(flow: Flow) -> None:
    """An item that is wanted with properties although nothing modifies it is the item itself."""
    fed = {end for _, end in flow.edges}
    for node_id in [one for one in flow.nodes if one.endswith(AFTER) and one not in fed]:
        plain = _planned_item(flow, flow.nodes.pop(node_id).title_of, "")
        for place, edge in [(place, edge) for place, edge in flow.edges.items() if place[0] == node_id]:
            del flow.edges[place]
            _edge(flow, plain, edge.end, edge.quantity, planned=edge.planned)


def _drop_loose_plans(flow: Flow) -> None:
    """What has happened replaces what was planned of the same run; planned items that lead nowhere go."""
    done = {node_id for node_id, node in flow.nodes.items() if node.kind == "run" and not node.planned}
    eaten = {edge.end for edge in flow.edges.values() if not edge.planned and edge.end in done}
    made = {edge.start for edge in flow.edges.values() if not edge.planned and edge.start in done}
    for place, edge in list(flow.edges.items()):
        if edge.planned and (edge.end in eaten or edge.start in made) and not edge.end.startswith("line "):
            del flow.edges[place]
    _lead_to_lines(flow)
    used = {end for place in flow.edges for end in place}
    for node_id, node in list(flow.nodes.items()):
        if node.kind in {"planned", "vendor"} and node_id not in used:
            del flow.nodes[node_id]


def _lead_to_lines(flow: Flow) -> None:
    fed = {end for _, end in flow.edges}
    starts = {start for start, _ in flow.edges}
    for node in [one for one in flow.nodes.values() if one.kind == "line" and one.node_id not in fed]:
        for made in list(flow.nodes.values()):
            if (
                made.kind in {"planned", "lot"}
                and made.title_of == node.title_of
                and made.node_id not in starts
            ):
                _edge(flow, made.node_id, node.node_id, "", planned=True)


def _rank(flow: Flow) -> None:
    """The longest way from a source; a loop (rework of one lot) is walked once."""
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
        flow.nodes[node_id].rank = rank_of(node_id, frozenset({node_id}))
