"""Planned orders that are planned otherwise: nobody can carry them out any more, or a whole plan does it better."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from materials.domain.book import Book
from materials.domain.conclusion import cover
from materials.domain.demand import Demand, DemandKind
from materials.domain.network import Place
from materials.domain.shrinking import drop_order, prune
from materials.domain.version import Later

_TOLD: Final[frozenset[DemandKind]] = frozenset({"hold", "order", "internal"})


def plan_otherwise(book: Book, planned_order_ids: Iterable[str], why: str) -> set[Place]:
    """Drop orders that nobody was asked for, with all that only they need, and cover anew whom they served.

    What was asked for in vain serves nobody any more; a planner is asked to cancel it. What nothing supplies now is
    late, and says why. The answer names the places where something became free.
    """
    return _replace(book, planned_order_ids, why, by_day=False)


def plan_together(book: Book, planned_order_ids: Iterable[str]) -> set[Place]:
    """Drop orders that nobody was asked for, and plan whom they served in one pass, as a plan of the site does it.

    What one day is short of at a node is one order then, whoever asked for it first.
    """
    return _replace(book, planned_order_ids, "the site was planned anew", by_day=True)


def _replace(book: Book, planned_order_ids: Iterable[str], why: str, *, by_day: bool) -> set[Place]:
    freed: set[Place] = set()
    shaken: dict[str, None] = {}
    served: dict[str, None] = {}
    for key in planned_order_ids:
        order = book.orders.get(key)
        if order is None or not order.uncommitted:
            continue
        for peg in book.pegs.by("order", key):
            served[peg.demand_id] = None
            book.unpeg(peg.demand_id, peg.supply_id)
        shaken.update({key: None} if order.unsupplied else drop_order(book, order, freed))
    book.cause = (why, "planned", next(iter(shaken), ""))
    cover(book, [key for key in served if key in book.demands], by_day=by_day)
    prune(book, shaken, freed)
    return freed


def made_later(book: Book) -> list[Later]:
    """The committed lines and holds that are served later by now than they were promised and covered, by their keys."""
    found = []
    for was, now in book.demands.differences():
        if was is None or now is None or now.kind not in _TOLD or not now.open_micro:
            continue
        if was.available_at is not None and now.available_at is None:
            found.append(Later(now.demand_id, _served_at(was).date(), None))
        elif now.available_at is not None and now.available_at.date() > _served_at(was).date():
            found.append(Later(now.demand_id, _served_at(was).date(), now.available_at.date()))
    return sorted(found, key=lambda each: each.demand_id)


def _served_at(demand: Demand) -> datetime:
    promised = demand.promised_at or demand.needed_at
    return max(promised, demand.available_at or promised)
