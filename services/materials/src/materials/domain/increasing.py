"""Supply that only a person changes and that could be larger: more of it is asked for instead of another order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backbone.errors import Refusal
from materials.domain.book import Book
from materials.domain.dates import date_planned
from materials.domain.growing import Growth, comes_from, grow, is_separation, orders_at, size_with
from materials.domain.message import close_message, open_message
from materials.domain.netting import Netting
from materials.domain.network import Node, Place, Source
from materials.domain.shrinking import prune
from materials.domain.supply import Message, PlannedOrder

ASKED: frozenset[str] = frozenset({"released", "confirmed"})


class CannotBeLarger(Refusal):
    """Nothing is planned beside a supply any more that it could be instead of, or its work centres have no room."""


@dataclass(frozen=True, slots=True)
class More:
    """The size to which a supply would grow, in millionths, and the planned orders that would go by it."""

    size_micro: int
    instead_of: tuple[str, ...]
    source: Source


def advise_more(book: Book) -> None:
    """Open, change and close the messages that ask for more, wherever supplies changed in this decision."""
    asked = any(each.kind == "increase" and each.state != "closed" for each in book.messages)
    for place in sorted(book.places_decided()):
        told = book.network.parameters.get(place)
        if asked or (told is not None and told.rule.collects):
            _advise_at(book, place)


def _advise_at(book: Book, place: Place) -> None:
    orders = sorted(orders_at(book, place), key=lambda each: (each.due_at, each.planned_order_id))
    planned = [order for order in orders if _adjustable(book, order)]
    for order in orders:
        more = _more(book, order, planned) if _may_be_larger(book, order) else None
        if more is None:
            close_message(book, order.planned_order_id, "nothing is planned beside it", "increase")
            continue
        planned = [each for each in planned if each.planned_order_id not in more.instead_of]
        reason = "more of it would do instead of another order"
        open_message(book, order, "increase", reason, order.due_at, more.size_micro, more.instead_of)


def _adjustable(book: Book, order: PlannedOrder) -> bool:
    return order.state == "planned" and not order.firm(book.now) and not order.held


def _may_be_larger(book: Book, order: PlannedOrder) -> bool:
    """A firm planned order, or a purchase or run that was asked for and of which nothing has come."""
    if order.held or order.expected_at is None:
        return False
    if order.source in {"buy", "make"} and order.state in ASKED:
        return not any(each.received_micro for each in book.receipts_of(order.planned_order_id))
    return order.source != "rework" and order.firm(book.now)


def _more(book: Book, order: PlannedOrder, planned: Sequence[PlannedOrder]) -> More | None:
    """What of the orders planned in its period a supply could bring, too, as the one order that its lot rule allows."""
    node = Node(order.site_id, order.sku, order.window)
    source = book.network.source(node, order.due_at) if order.sku in book.network.items else None
    if source is None or is_separation(source) or not comes_from(order, source):
        return None
    rule = book.network.rule(node, source)
    last, size_now = rule.until(order.due_at.date()), _size_now(book, order)
    size, instead_of, more = 0, [], 0
    for other in planned:
        beside = other.window == order.window and comes_from(other, source) and other.sku == order.sku
        inside = order.due_at <= other.due_at and other.due_at.date() <= last
        if not (rule.collects and beside and inside and _in_time(order, other)):
            continue
        pegged = sum(each.pegged_micro for each in book.receipts_of(other.planned_order_id))
        larger = size_with(book, order, source, rule, more + pegged)
        if larger <= size_now:
            break
        size, more = larger, more + pegged
        instead_of.append(other.planned_order_id)
    return More(size, tuple(instead_of), source) if instead_of else None


def _size_now(book: Book, order: PlannedOrder) -> int:
    """How much is started; of a purchase only what its vendor has promised counts, whatever we asked for since."""
    if order.source != "buy":
        return order.quantity_micro
    return sum(each.quantity_micro for each in book.receipts_of(order.planned_order_id))


def _in_time(order: PlannedOrder, other: PlannedOrder) -> bool:
    return order.expected_at is not None and order.expected_at <= other.due_at


def enlarge(book: Book, planned_order_id: str, message: Message) -> set[Place]:
    """Make a firm planned order as large as was asked; the orders that it is instead of go. Raises `CannotBeLarger`.

    The answer names the places where something became free.
    """
    order = book.orders[planned_order_id]
    more = still_wanted(book, order, message)
    inputs = grow(book, Growth(order, more.size_micro), more.source)
    if inputs is None:
        raise CannotBeLarger("its work centres have no room for more of it at its time")
    freed = take_over(book, planned_order_id, more.instead_of)
    netting = Netting(book)
    netting.run(each.demand_id for each in inputs)
    date_planned(book, netting.created)
    book.touch(each.demand_id for each in inputs)
    return freed


def still_wanted(book: Book, order: PlannedOrder, message: Message) -> More:
    """The size that a message asks for, as far as what it would be instead of is there; raises `CannotBeLarger`."""
    others = [each for key in message.instead_of if (each := book.orders.get(key)) is not None]
    more = _more(book, order, [each for each in others if _adjustable(book, each)])
    if more is None:
        raise CannotBeLarger("nothing is planned beside it any more that it could be instead of")
    return more


def take_over(book: Book, planned_order_id: str, instead_of: Iterable[str]) -> set[Place]:
    """What is free of a supply serves those for whom others were planned; these shrink to what is left, or go."""
    freed: set[Place] = set()
    order = book.orders[planned_order_id]
    found = [other for key in instead_of if (other := book.orders.get(key)) is not None]
    for other in found:
        if not (_adjustable(book, other) and _in_time(order, other)):
            continue
        for peg in book.pegs.by("order", other.planned_order_id):
            free = next((each for each in book.receipts_of(planned_order_id) if each.free_micro), None)
            if free is not None and free.sku == book.demands[peg.demand_id].sku:
                part = book.unpeg(peg.demand_id, peg.supply_id, free.free_micro)
                book.peg(peg.demand_id, free.receipt_id, part)
        prune(book, [other.planned_order_id], freed)
    return freed
