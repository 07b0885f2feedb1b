"""What net change asks planners to do about ordered supply: sooner, later, not at all, less of it or more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from materials.domain.book import Book
from materials.domain.dates import behind, served_at
from materials.domain.increasing import advise_more
from materials.domain.message import close_message, open_message
from materials.domain.shrinking import ask_for_less
from materials.domain.supply import PlannedOrder

# Supply that comes so many days before it is wanted is let be.
EARLY_DAYS_MAX: Final = 3


def advise(book: Book, demand_ids: Iterable[str]) -> None:
    """Open and close the messages about the ordered supplies of these demands, and those that ask for more."""
    orders = dict.fromkeys(
        peg.planned_order_id
        for key in demand_ids
        for peg in book.pegs_of(key)
        if peg.planned_order_id is not None
    )
    for key in orders:
        order = book.orders.get(key)
        if order is not None and not order.ended and (order.state != "planned" or order.firm(book.now)):
            _advise(book, order)
    advise_more(book)


def _advise(book: Book, order: PlannedOrder) -> None:
    """The earliest need that an ordered supply serves says by when it is wanted."""
    key = order.planned_order_id
    served = [(book.demands[peg.demand_id], served_at(book, peg)) for peg in book.pegs.by("order", key)]
    wanted = [(demand.needed_at, at) for demand, at in served if not demand.held]
    if not wanted:
        return
    close_message(book, key, "needed again", "cancel")
    if any(message.kind == "decrease" for message in book.messages.by("order", key)):
        ask_for_less(book, order)
    site = book.network.sites.get(order.site_id)
    days = site.damping_days if site is not None else 0
    late = [needed for needed, at in wanted if at is None or behind(at, needed + timedelta(days=days))]
    if late:
        close_message(book, key, "wanted earlier", "defer")
        open_message(book, order, "expedite", "it comes later than it is needed", min(late))
        return
    close_message(book, key, "in time again", "expedite", "substitute")
    ahead = timedelta(days=max(days, EARLY_DAYS_MAX))
    if not order.begun and all(at is not None and behind(needed, at + ahead) for needed, at in wanted):
        first = min(needed for needed, _ in wanted)
        open_message(book, order, "defer", "it comes earlier than it is needed", first)
    else:
        close_message(book, key, "wanted then", "defer")
