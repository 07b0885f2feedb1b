"""What is planned for an order: purchases and runs lead to items, items to pegs, pegs to the lines that they cover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from contracts import changes, materials, orders, partings, vendors
from contracts.shapes import ItemPart
from contracts.values import Quantity
from control_tower.domain.flow.tree import AFTER, Flow, Node
from control_tower.domain.words import so_much

_THEN: Final = "with other properties"


def _placed(flow: Flow, fact: orders.OrderPlaced) -> None:
    for line in fact.lines:
        wanted = line.demand
        if wanted.kind == "good":
            quantity, note = so_much(wanted.quantity, wanted.unit), f"line {wanted.line_id}"
            flow.node(f"line {wanted.line_id}", "line", wanted.item, quantity=quantity, note=note)


def run_node(flow: Flow, planned_order_id: str) -> Node:
    """The run of a planned order; planned until something is heard of it."""
    thing = ("planned_order", planned_order_id)
    return flow.node(f"run {planned_order_id}", "run", "", planned=True, thing=thing)


def _run_requested(flow: Flow, fact: materials.RunRequested) -> None:
    node = run_node(flow, fact.planned_order_id)
    node.recipe_id, node.title_of = fact.recipe_id, fact.recipe_id
    node.note = _asked(f"v{fact.recipe_version}", fact.runs)
    _link_run(flow, node, fact.inputs, fact.outputs)


def _link_run(flow: Flow, node: Node, inputs: Sequence[ItemPart], outputs: Sequence[ItemPart]) -> None:
    taken = {part.sku for part in inputs}
    for part in inputs:
        made_again = part.sku in {output.sku for output in outputs}
        # Whoever wants properties takes the item as the modification leaves it, and the modification as it was before.
        place = AFTER if part.window and not made_again else ""
        start = planned_item(flow, part.sku, place)
        flow.link(start, node.node_id, str(part.quantity), planned=True)
    for part in outputs:
        end = planned_item(flow, part.sku, AFTER if part.sku in taken else "")
        flow.link(node.node_id, end, str(part.quantity), planned=True)


def _resized(flow: Flow, fact: changes.RunReduced | changes.RunResized) -> None:
    """A run is asked for another quantity of the same."""
    node = run_node(flow, fact.planned_order_id)
    node.note = _asked(node.note.partition(",")[0], fact.runs)
    _link_run(flow, node, fact.inputs, fact.outputs)


def _split(flow: Flow, fact: partings.RunSplit) -> None:
    """A part is made as the whole is, of the same and into the same."""
    whole, part = run_node(flow, fact.planned_order_id), run_node(flow, fact.part.planned_order_id)
    part.recipe_id, part.title_of = whole.recipe_id, whole.title_of
    version = whole.note.partition(",")[0]
    for node, asked in ((whole, fact), (part, fact.part)):
        node.note = _asked(version, asked.runs)
        _link_run(flow, node, asked.inputs, asked.outputs)


def _merged(flow: Flow, fact: partings.RunsMerged) -> None:
    """A run makes what others were to make: there is nothing to be seen of these any more."""
    whole = run_node(flow, fact.planned_order_id)
    for each in fact.merged:
        node = run_node(flow, each.planned_order_id)
        if not whole.recipe_id:
            whole.recipe_id, whole.title_of, whole.note = node.recipe_id, node.title_of, node.note
        flow.drop(node.node_id)
    whole.note = _asked(whole.note.partition(",")[0], fact.runs)
    _link_run(flow, whole, fact.inputs, fact.outputs)


def _asked(version: str, runs: Quantity) -> str:
    return f"{version}, {runs} run{'s' if str(runs) != '1' else ''}"


def planned_item(flow: Flow, sku: str, place: str) -> str:
    """The node of an item that is planned to be there."""
    note = _THEN if place else ""
    return flow.node(f"item {sku}{place}", "planned", sku, planned=True, note=note).node_id


def _purchase_requested(flow: Flow, fact: materials.PurchaseRequested) -> None:
    node = flow.node(f"purchase {fact.planned_order_id}", "purchase", fact.sku, planned=True)
    node.quantity, node.note = so_much(fact.quantity, fact.unit), f"needed {fact.needed_at:%Y-%m-%d}"
    node.thing = ("planned_order", fact.planned_order_id)
    flow.link(node.node_id, planned_item(flow, fact.sku, ""), str(fact.quantity), planned=True)


def vendor_node(flow: Flow, vendor_id: str) -> str:
    """The node of who supplies."""
    return flow.node(f"vendor {vendor_id}", "vendor", vendor_id, thing=("vendor", vendor_id)).node_id


def _issued(flow: Flow, fact: vendors.PurchaseOrderIssued) -> None:
    for line in fact.lines:
        purchase = f"purchase {line.planned_order_id}"
        if purchase in flow.nodes:
            flow.link(vendor_node(flow, fact.vendor_id), purchase, str(line.quantity), planned=True)


def _pegged(flow: Flow, fact: materials.RequirementsPlanned) -> None:
    """The newest plan of an order replaces the pegs of those before."""
    for node_id in [node.node_id for node in flow.nodes.values() if node.kind == "peg"]:
        flow.drop(node_id)
    for peg in fact.pegs:
        line = flow.nodes.get(f"line {peg.line_id}")
        if line is None:
            continue
        node = flow.node(f"peg {peg.line_id} {peg.supply_id}", "peg", line.title_of, planned=True)
        on_hand = peg.supply_kind == "on-hand"
        node.quantity, node.note = (
            str(peg.quantity),
            "on hand" if on_hand else f"ready {peg.at:%Y-%m-%d %H:%M}",
        )
        node.thing = None if on_hand else ("planned_order", peg.supply_id)
        flow.link(node.node_id, line.node_id, str(peg.quantity), planned=True)


PLANNED: Final[dict[str, Callable[[Flow, Any], None]]] = {
    "OrderPlaced": _placed,
    "RequirementsPlanned": _pegged,
    "RunRequested": _run_requested,
    "RunReduced": _resized,
    "RunResized": _resized,
    "RunSplit": _split,
    "RunsMerged": _merged,
    "PurchaseRequested": _purchase_requested,
    "PurchaseOrderIssued": _issued,
}


def join_pegs(flow: Flow) -> None:
    """What is pegged comes from its supply; an item that only went on to that line needs no node of its own."""
    for peg in [node for node in flow.nodes.values() if node.kind == "peg"]:
        supply_id = peg.thing[1] if peg.thing else ""
        for supply in (f"run {supply_id}", f"purchase {supply_id}"):
            if supply not in flow.nodes:
                continue
            flow.link(supply, peg.node_id, peg.quantity, planned=True)
            for item in (f"item {peg.title_of}", f"item {peg.title_of}{AFTER}"):
                if (supply, item) in flow.edges and item not in flow.starts():
                    flow.drop(item)


def join_unmodified(flow: Flow) -> None:
    """An item that is wanted with properties although nothing modifies it is the item itself."""
    fed = flow.ends()
    for node_id in [one for one in flow.nodes if one.endswith(AFTER) and one not in fed]:
        plain = planned_item(flow, flow.nodes.pop(node_id).title_of, "")
        for place, edge in [(place, edge) for place, edge in flow.edges.items() if place[0] == node_id]:
            del flow.edges[place]
            flow.link(plain, edge.end, edge.quantity, planned=edge.planned)
