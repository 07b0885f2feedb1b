"""What has happened for an order takes the place of what was planned of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from contracts import materials, production, service_desk, vendors
from contracts.shapes import LotPart
from contracts.values import Quantity
from control_tower.domain.flow.planned import run_node, vendor_node
from control_tower.domain.flow.tree import Flow

_SERIALS_COUNT: Final = 3


def _lot(flow: Flow, part: LotPart, note: str = "") -> str:
    node = flow.node(f"lot {part.lot_id}", "lot", part.sku, quantity=str(part.quantity))
    node.thing = ("lot", part.lot_id)
    properties = ", ".join(f"{one.name} {one.value} {one.scale}" for one in part.properties)
    for more in (note, properties):
        if more and more not in node.note:
            node.note = f"{node.note} · {more}" if node.note else more
    return node.node_id


def _consumed(flow: Flow, fact: production.MaterialConsumed) -> None:
    node = run_node(flow, fact.planned_order_id)
    node.planned, node.thing = False, ("run", fact.run_id)
    for part in fact.lots:
        start = _lot(flow, part)
        had = flow.edges.get((start, node.node_id))
        amount = part.quantity + (Quantity(had.quantity) if had else Quantity(0))
        flow.link(start, node.node_id, str(amount))


def _produced(flow: Flow, fact: production.MaterialProduced) -> None:
    node = run_node(flow, fact.planned_order_id)
    node.planned, node.thing = False, ("run", fact.run_id)
    for made in fact.lots:
        note = made.role if not made.blocked else f"{made.role}, blocked"
        flow.link(node.node_id, _lot(flow, made.part, note), str(made.part.quantity))


def _received(flow: Flow, fact: vendors.GoodsReceived) -> None:
    vendor = vendor_node(flow, fact.vendor_id)
    for line in fact.lines:
        for part in line.lots:
            flow.link(vendor, _lot(flow, part, part.vendor_lot or ""), str(part.quantity))
        purchase = f"purchase {line.planned_order_id}"
        if line.lots and purchase in flow.nodes:
            _arrived(flow, purchase, [f"lot {part.lot_id}" for part in line.lots], complete=line.complete)


def _arrived(flow: Flow, purchase: str, lots: list[str], *, complete: bool) -> None:
    """Lots go where their purchase was to go; what is still to come stays planned."""
    for (start, end), edge in list(flow.edges.items()):
        if start == purchase:
            for lot in lots:
                flow.link(lot, end, flow.nodes[lot].quantity, planned=edge.planned)
    if complete:
        flow.drop(purchase)


def _ready(flow: Flow, fact: materials.GoodsReady) -> None:
    line = f"line {fact.line_id}"
    if line in flow.nodes:
        for part in fact.lots:
            flow.link(_lot(flow, part), line, str(part.quantity), planned=True)


def _handed_over(flow: Flow, fact: service_desk.HandOverCompleted) -> None:
    for delivered in fact.lines:
        line = f"line {delivered.line_id}"
        if line in flow.nodes:
            for part in delivered.lots:
                serials = ", ".join(part.serials[:_SERIALS_COUNT])
                flow.link(_lot(flow, part, serials), line, str(part.quantity))


DONE: Final[dict[str, Callable[[Flow, Any], None]]] = {
    "MaterialConsumed": _consumed,
    "MaterialProduced": _produced,
    "GoodsReceived": _received,
    "GoodsReady": _ready,
    "HandOverCompleted": _handed_over,
}


def settle(flow: Flow) -> None:
    """Take away what was planned of that which has happened, and lead what is left over to where it is wanted."""
    eaten = {end for (start, end), edge in flow.edges.items() if not edge.planned and _is_run(flow, end)}
    made = {start for (start, end), edge in flow.edges.items() if not edge.planned and _is_run(flow, start)}
    _lead_lots(flow, made)
    flow.edges = {
        (start, end): edge
        for (start, end), edge in flow.edges.items()
        if not (edge.planned and (end in eaten or start in made))
    }
    _drop_used_up(flow)
    _lead_to_lines(flow)
    _drop_dead_ends(flow)


def _is_run(flow: Flow, node_id: str) -> bool:
    return flow.nodes[node_id].kind == "run"


def _lead_lots(flow: Flow, made: set[str]) -> None:
    """What a run has made goes on to where its plan said that the item goes."""
    planned = [edge for edge in flow.edges.values() if edge.planned and edge.start in made]
    for edge in planned:
        for (start, lot), given in list(flow.edges.items()):
            same = flow.nodes[lot].title_of == flow.nodes[edge.end].title_of
            if start == edge.start and not given.planned and same:
                flow.link(lot, edge.end, given.quantity, planned=True)


def _drop_used_up(flow: Flow) -> None:
    """A lot that went into something is no longer led to where it was planned to go; nor is a line that is fed."""
    used = {start for (start, _), edge in flow.edges.items() if not edge.planned}
    fed = {end for start, end in flow.edges if end.startswith("line ") and start.startswith("lot ")}
    pegs = {node.node_id for node in flow.nodes.values() if node.kind == "peg"}
    for (start, end), edge in list(flow.edges.items()):
        to_stand_in = flow.nodes[end].kind in {"planned", "peg"}
        if edge.planned and to_stand_in and start.startswith("lot ") and start in used:
            del flow.edges[start, end]
    for peg in pegs:
        if any(start == peg and end in fed for start, end in flow.edges):
            flow.drop(peg)


def _lead_to_lines(flow: Flow) -> None:
    fed, starts = flow.ends(), flow.starts()
    for node in [one for one in flow.nodes.values() if one.kind == "line" and one.node_id not in fed]:
        for made in list(flow.nodes.values()):
            loose = made.kind in {"planned", "lot"} and made.node_id not in starts
            if loose and made.title_of == node.title_of:
                flow.link(made.node_id, node.node_id, "", planned=True)


def _drop_dead_ends(flow: Flow) -> None:
    """Plans that lead nowhere any more go, and with them what led to them alone."""
    while True:
        starts, used = flow.starts(), flow.starts() | flow.ends()
        dead = [
            node.node_id
            for node in flow.nodes.values()
            if (node.kind in {"planned", "purchase", "peg"} and node.node_id not in starts)
            or (node.kind == "vendor" and node.node_id not in used)
        ]
        if not dead:
            return
        for node_id in dead:
            flow.drop(node_id)
