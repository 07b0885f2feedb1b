"""Orders that were planned for a hold join the planned order of their period once the hold is an order."""

from __future__ import annotations

from collections.abc import Iterable

from materials.domain.book import Book
from materials.domain.dates import available, date_planned
from materials.domain.netting import Netting
from materials.domain.shrinking import drop_order, prune
from materials.domain.supply import PlannedOrder


def collect(book: Book, planned_order_ids: Iterable[str]) -> list[str]:
    """Put orders together with earlier ones in whose period they fall, where nobody waits longer for that.

    The answer names what is left of them, and what is planned in their stead.
    """
    kept: list[str] = []
    for key in planned_order_ids:
        order = book.orders.get(key)
        if order is None or (_earlier(book, order) and _joined(book, order, kept)):
            continue
        kept.append(key)
    return kept


def _earlier(book: Book, order: PlannedOrder) -> bool:
    told = book.network.parameters.get((order.site_id, order.sku))
    if told is None or not told.rule.collects or order.state != "planned":
        return False
    found = [
        other
        for receipt in book.receipts.by("place", (order.site_id, order.sku))
        if (other := book.orders.get(receipt.planned_order_id)) is not None and other != order
    ]
    return any(
        other.state == "planned"
        and other.due_at <= order.due_at
        and order.due_at.date() <= told.rule.until(other.due_at.date())
        for other in found
    )


def _joined(book: Book, order: PlannedOrder, kept: list[str]) -> bool:
    """Plan what an order serves without it; whether that made an earlier one larger, and nobody later."""
    key = order.planned_order_id
    if book.messages.by("order", key):
        return False
    mark, dues, facts = book.mark(), dict(book.dues), list(book.facts)
    served = [book.demands[peg.demand_id] for peg in book.pegs.by("order", key)]
    for peg in book.pegs.by("order", key):
        book.unpeg(peg.demand_id, peg.supply_id)
    prune(book, drop_order(book, order, set()), set())
    netting = Netting(book)
    netting.run(demand.demand_id for demand in served)
    date_planned(book, netting.created)
    before = [demand.available_at for demand in served]
    after = [available(book, book.demands[demand.demand_id]) for demand in served]
    sooner = all(
        now is not None and (was is None or now <= was) for was, now in zip(before, after, strict=True)
    )
    own = [made for made in netting.created if _same(book.orders[made], order)]
    if not sooner or any(book.orders[made].due_at == order.due_at for made in own):
        book.back(mark)
        book.dues, book.facts = dues, facts
        return False
    for demand, at in zip(served, after, strict=True):
        book.demands.put(book.demands[demand.demand_id]._replace(available_at=at))
    kept += netting.created
    return True


def _same(one: PlannedOrder, other: PlannedOrder) -> bool:
    return (one.site_id, one.sku) == (other.site_id, other.sku)
