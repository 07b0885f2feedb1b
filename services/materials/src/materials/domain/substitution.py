"""Substitutes: which item may stand in for another, and how whoever waits for a late supply takes it instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from backbone.errors import Refusal
from contracts.instead import SupplySubstituted
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.dates import available, behind, date_planned
from materials.domain.demand import Demand
from materials.domain.message import open_message
from materials.domain.netting import Netting
from materials.domain.network import Place
from materials.domain.shares import serves
from materials.domain.shrinking import prune
from materials.domain.substitute import Substitute, Substitution
from materials.domain.supply import PlannedOrder, comes_at

_BEFORE_START: Final = frozenset({"planned", "released", "confirmed"})


class NothingWaits(Refusal):
    """No run that has not begun waits for this supply longer than it should."""


class NoSubstituteHelps(Refusal):
    """No item that may stand in could be there before the supply that is late."""


def propose(book: Book, planned_order_ids: Iterable[str], known: Sequence[Substitute]) -> None:
    """Ask planners to take a substitute wherever one would be there before a late supply; nothing is changed by it."""
    for planned_order_id in planned_order_ids:
        order = book.orders[planned_order_id]
        mark = book.mark()
        found = _first(book, order, _waiting(book, order), known)
        book.back(mark)
        if found is not None:
            one, at = found
            when = "lies in stock" if at <= book.now else f"could be there on {at:%Y-%m-%d}"
            open_message(book, order, "substitute", f"{one.substitute_sku} {when}", at)


def substitute(
    book: Book, planned_order_id: str, known: Sequence[Substitute], by: str
) -> tuple[list[Substitution], set[Place]]:
    """Let runs that wait for a late supply take the first substitute that is there before it.

    The answer is what was substituted, and the places where something became free. What stays of the supply is let be
    when it is asked for already: an action message says that nothing needs it. Raises `NothingWaits` and
    `NoSubstituteHelps`, and has changed nothing then.
    """
    order = book.orders[planned_order_id]
    waiting = _waiting(book, order)
    if not waiting:
        raise NothingWaits(f"no run waits for {planned_order_id} longer than it should")
    shares = serves(book, planned_order_id)
    mark = book.mark()
    found = _first(book, order, waiting, known)
    if found is None:
        book.back(mark)
        raise NoSubstituteHelps(f"nothing that may stand in for {order.sku} is there before it")
    one, at = found
    book.cause, book.how = (
        (f"{one.substitute_sku} is taken instead", order.kind, planned_order_id),
        "substitute",
    )
    taken = {one.key_of(demand.demand_id): micro for demand, _, micro in waiting}
    given = sum(micro for _, _, micro in waiting)
    instead = sum(book.demands[key].quantity_micro for key in taken)
    book.tell(
        SupplySubstituted(
            planned_order_id, order.site_id, order.sku, Quantity.of_micro(given), one.substitute_sku,
            Quantity.of_micro(instead), max(at, book.now), by, shares,
        )
    )  # fmt: skip
    freed = {(order.site_id, order.sku)}
    prune(book, [planned_order_id], freed)
    return [
        Substitution(key, planned_order_id, order.sku, micro, by, book.now) for key, micro in taken.items()
    ], freed


Waiting = tuple[Demand, str, int]


def _waiting(book: Book, order: PlannedOrder) -> list[Waiting]:
    """Inputs of runs that have not begun, which a supply serves too late: with its receipt, and how much of it."""
    found: list[Waiting] = []
    for receipt in book.receipts_of(order.planned_order_id):
        for peg in book.pegs_on(receipt.receipt_id):
            demand = book.demands[peg.demand_id]
            run = book.orders.get(demand.planned_order_id or "")
            if demand.kind != "dependent" or run is None or run.staged or run.state not in _BEFORE_START:
                continue
            at = comes_at(order, receipt)
            late = at is None or behind(at, demand.needed_at)
            if late and run.source == "make":
                found.append((demand, receipt.receipt_id, peg.quantity_micro))
    return found


def _first(
    book: Book, order: PlannedOrder, waiting: Sequence[Waiting], known: Sequence[Substitute]
) -> tuple[Substitute, datetime] | None:
    """The first substitute by which all who wait are served before the supply, taken; None leaves a mess to go back."""
    for one in sorted(known, key=lambda each: (each.priority, each.substitute_sku)):
        if not waiting or not all(one.stands_in(demand) for demand, _, _ in waiting):
            continue
        if one.substitute_sku not in book.network.items:
            continue
        mark = book.mark()
        at = _taken(book, waiting, one)
        if at is not None and (order.expected_at is None or at < order.expected_at):
            return one, at
        book.back(mark)
    return None


def _taken(book: Book, waiting: Sequence[Waiting], one: Substitute) -> datetime | None:
    """When the last of the substitutes is there once they are wanted and planned; None when nobody knows."""
    keys = list(dict.fromkeys(_instead(book, *each, one) for each in waiting))
    netting = Netting(book, expedite=True)
    netting.run(keys)
    date_planned(book, netting.created)
    moments = [available(book, book.demands[key]) for key in keys]
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


def _instead(book: Book, demand: Demand, receipt_id: str, micro: int, one: Substitute) -> str:
    """Want so much less of the item, and of the substitute what stands in for that, rounded up to its quantum."""
    book.unpeg(demand.demand_id, receipt_id, micro)
    left = book.demands[demand.demand_id]
    if left.quantity_micro > micro:
        book.demands.put(left._replace(quantity_micro=left.quantity_micro - micro))
    else:
        book.demands.drop(demand.demand_id)
    wanted = one.for_micro(micro, book.network.items)
    key = one.key_of(demand.demand_id)
    known = book.demands.get(key)
    fresh = left._replace(
        demand_id=key, sku=one.substitute_sku, window=(), quantity_micro=0, done_micro=0, covered_micro=0,
        available_at=None,
    )  # fmt: skip
    before = known if known is not None else fresh
    book.demands.put(before._replace(quantity_micro=before.quantity_micro + wanted))
    return key
