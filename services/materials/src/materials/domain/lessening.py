"""Less of an order's lines in the plan: tried on the plan as it is and taken back, or carried out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from contracts.changes import ChangeProbed
from contracts.orders import AmendmentRequested, CancellationRequested
from contracts.shapes import ItemPart, LineQuantity
from contracts.values import ZERO, Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.network import Place
from materials.domain.release import inputs_of, outputs_of
from materials.domain.shrinking import lessen, prune, release_demands
from materials.domain.supply import PlannedOrder


@dataclass(frozen=True, slots=True)
class Shrinking:
    """The supplies that less would shrink: those that nobody was asked for, and what to ask owners of the others."""

    own: tuple[str, ...]
    probes: tuple[ChangeProbed, ...]


def demands_of_line(book: Book, order_id: str, line_id: str) -> list[Demand]:
    """What a line needs, its last schedule line first."""
    found = [each for each in book.demands.by("order", order_id) if each.line_id == line_id]
    return sorted(found, key=lambda each: (-each.schedule_no, each.demand_id))


def gone(book: Book, order_id: str, lines: Iterable[LineQuantity]) -> str | None:
    """Which line has sent more on its way than it would still want."""
    for line in lines:
        left = sum(each.done_micro for each in demands_of_line(book, order_id, line.line_id))
        if left > line.quantity.micro:
            return f"{Quantity.of_micro(left)} of line {line.line_id} have left already"
    return None


def tried(book: Book, fact: AmendmentRequested | CancellationRequested) -> Shrinking:
    """What would shrink or go if all owners let it: tried on the plan as it is, and taken back.

    A transfer is within our own walls: what nobody needs of it lies free where it arrives, so nobody is asked.
    """
    mark, dues, facts, touched = book.mark(), dict(book.dues), list(book.facts), dict(book.touched)
    sizes = {each.planned_order_id: each for each in book.orders if not each.ended}
    asked_for = {key for key, each in sizes.items() if each.state != "planned" and each.source != "transfer"}
    lessened(book, fact.order_id, fact.lines, asked_for)
    less = [each for key, each in sizes.items() if _size(book, key) < each.quantity_micro]
    own = tuple(each.planned_order_id for each in less if each.state == "planned")
    probes = tuple(_probe(book, fact, each) for each in less if each.planned_order_id in asked_for)
    book.back(mark)
    book.dues, book.facts, book.touched = dues, facts, touched
    return Shrinking(own, probes)


def _size(book: Book, planned_order_id: str) -> int:
    order = book.orders.get(planned_order_id)
    return 0 if order is None or order.ended else order.quantity_micro


def _probe(
    book: Book, fact: AmendmentRequested | CancellationRequested, before: PlannedOrder
) -> ChangeProbed:
    key = before.planned_order_id
    order = book.orders.get(key)
    left = order if order is not None and not order.ended else None
    if before.source == "buy":
        quantity = ZERO if left is None else Quantity.of_micro(left.quantity_micro)
        return ChangeProbed(key, fact.change_id, "purchase", quantity, fact.hold_until)
    parts: tuple[tuple[ItemPart, ...], tuple[ItemPart, ...]] = ((), ())
    if left is not None:
        parts = inputs_of(book, key), outputs_of(book, key)
    runs = ZERO if left is None else Quantity.of_micro(left.runs_micro)
    return ChangeProbed(key, fact.change_id, "run", runs, fact.hold_until, *parts)


def lessened(
    book: Book,
    order_id: str,
    lines: Sequence[LineQuantity],
    yielding: Container[str] = (),
    keep: Container[str] = (),
) -> set[Place]:
    """Want no more than so much of lines in all; the answer names the places where something became free.

    Supplies that are `yielding` shrink though they were asked for; demands in `keep` stay as they are.
    """
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    for line in lines:
        demands = demands_of_line(book, order_id, line.line_id)
        if not line.quantity:
            freed |= release_demands(book, [each.demand_id for each in demands], yielding)
            continue
        over = sum(each.quantity_micro for each in demands if not each.part) - line.quantity.micro
        for demand in demands:
            less = min(over, demand.quantity_micro - demand.done_micro)
            if demand.part or less <= 0 or demand.demand_id in keep:
                continue
            over -= less
            shaken.update(lessen(book, demand, demand.quantity_micro - less, freed))
            # What lies ready of it is another quantity now.
            book.demands.put(book.demands[demand.demand_id]._replace(ready=False))
            book.touch([demand.demand_id])
    prune(book, shaken, freed, yielding)
    return freed
