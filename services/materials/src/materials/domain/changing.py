"""Less of an order's lines, or none: whether the plan can still follow, what waits meanwhile, and how it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backbone.errors import NotYet
from contracts.changes import ChangeAnswered
from contracts.orders import AmendmentRequested, CancellationRequested, ChangeCommitted, ChangeWithdrawn
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.header import Change, PutOff
from materials.domain.network import Place
from materials.domain.release import await_release
from materials.domain.shrinking import lessen, prune, release_demands


def asked(book: Book, fact: AmendmentRequested | CancellationRequested) -> None:
    """Say whether the plan can follow, and let nothing of it go out meanwhile; asked again, say it again."""
    if fact.order_id not in book.served:
        raise NotYet(fact.order_id)
    known = book.changes.get(fact.change_id)
    if known is None:
        known = _answer(book, fact)
        book.changes.put(known)
    book.tell(ChangeAnswered(fact.order_id, fact.change_id, known.refused))


def _answer(book: Book, fact: AmendmentRequested | CancellationRequested) -> Change:
    refused = _gone(book, fact.order_id, fact.lines)
    shrinking: list[str] = []
    if refused is None:
        refused, shrinking = _tried(book, fact.order_id, fact.lines)
    if refused is not None:
        return Change(fact.change_id, fact.order_id, "refused", fact.lines, (), fact.hold_until, refused)
    put_off = []
    for key in shrinking:
        order = book.orders[key]
        if order.release_at < fact.hold_until:
            put_off.append(PutOff(key, order.release_at))
            book.orders.put(replace(order, release_at=fact.hold_until))
    await_release(book, [each.planned_order_id for each in put_off])
    return Change(fact.change_id, fact.order_id, "held", fact.lines, tuple(put_off), fact.hold_until)


def _of(book: Book, order_id: str, line_id: str) -> list[Demand]:
    """What a line needs, its last schedule line first."""
    found = [each for each in book.demands.by("order", order_id) if each.line_id == line_id]
    return sorted(found, key=lambda each: (-each.schedule_no, each.demand_id))


def _gone(book: Book, order_id: str, lines: Iterable[LineQuantity]) -> str | None:
    """Which line has sent more on its way than it would still want."""
    for line in lines:
        gone = sum(each.done_micro for each in _of(book, order_id, line.line_id))
        if gone > line.quantity.micro:
            return f"{Quantity.of_micro(gone)} of line {line.line_id} have left already"
    return None


def _tried(book: Book, order_id: str, lines: Sequence[LineQuantity]) -> tuple[str | None, list[str]]:
    """Why it cannot be, or the planned orders that would shrink or go: tried on the plan as it is, and taken back."""
    mark, dues, facts, touched = book.mark(), dict(book.dues), list(book.facts), dict(book.touched)
    sizes = {
        order.planned_order_id: order.quantity_micro for order in book.orders if order.state == "planned"
    }
    pegged = {each.receipt_id: each.pegged_micro for each in book.receipts}
    _lessened(book, order_id, lines)
    shrinking = [key for key, size in sizes.items() if _size(book, key) < size]
    asked_for = sorted(
        f"{order.kind} {order.planned_order_id} of {receipt.sku} is {order.state} already"
        for receipt in book.receipts
        if (order := book.orders[receipt.planned_order_id]).planned_order_id not in sizes
        and receipt.pegged_micro < pegged[receipt.receipt_id]
    )
    book.back(mark)
    book.dues, book.facts, book.touched = dues, facts, touched
    return (asked_for[0] if asked_for else None), shrinking


def _size(book: Book, planned_order_id: str) -> int:
    order = book.orders.get(planned_order_id)
    return 0 if order is None or order.ended else order.quantity_micro


def _lessened(book: Book, order_id: str, lines: Iterable[LineQuantity]) -> set[Place]:
    """Want so much of lines in all; the answer names the places where something became free."""
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    for line in lines:
        demands = _of(book, order_id, line.line_id)
        if not line.quantity:
            freed |= release_demands(book, [each.demand_id for each in demands])
            continue
        over = sum(each.quantity_micro for each in demands if not each.part) - line.quantity.micro
        for demand in demands:
            less = min(over, demand.quantity_micro - demand.done_micro)
            if demand.part or less <= 0:
                continue
            over -= less
            shaken.update(lessen(book, demand, demand.quantity_micro - less, freed))
            # What lies ready of it is another quantity now.
            book.demands.put(replace(book.demands[demand.demand_id], ready=False))
            book.touch([demand.demand_id])
    prune(book, shaken, freed)
    return freed


def committed(book: Book, fact: ChangeCommitted) -> set[Place]:
    """The customer takes it: pegs are given back, planned orders shrink or go, what is left may lie ready now."""
    change = book.changes.get(fact.change_id)
    if change is None:
        raise NotYet(fact.change_id)
    if change.state != "held":
        return set()
    book.changes.put(replace(change, state="committed"))
    freed = _lessened(book, change.order_id, change.lines)
    _go_on(book, change)
    book.touch(each.demand_id for each in book.demands.by("order", change.order_id))
    return freed


def withdrawn(book: Book, fact: ChangeWithdrawn) -> None:
    """The customer leaves it: what was put off goes out when it should; before it was asked, leave a tombstone."""
    change = book.changes.get(fact.change_id)
    if change is None:
        why = "it was withdrawn before it was asked"
        book.changes.put(Change(fact.change_id, fact.order_id, "withdrawn", (), (), book.now, why))
    elif change.state in {"held", "refused"}:
        book.changes.put(replace(change, state="withdrawn"))
        _go_on(book, change)


def _go_on(book: Book, change: Change) -> None:
    for each in change.put_off:
        order = book.orders.get(each.planned_order_id)
        if order is not None and order.state == "planned":
            book.orders.put(replace(order, release_at=each.release_at))
    await_release(book, [each.planned_order_id for each in change.put_off])
