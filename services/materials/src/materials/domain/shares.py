"""Whom a supply serves: its pegs followed up to the order lines at their top."""

from __future__ import annotations

from collections.abc import Iterable

from backbone.errors import NeedsMore
from contracts.shapes import Share
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand

Line = tuple[str, str, str | None]


def serves(book: Book, planned_order_id: str) -> tuple[Share, ...]:
    """The order lines that a planned order serves, each with its part of it in the order's own unit.

    Raises `NeedsMore` where that goes beyond the book.
    """
    try:
        return _shares(_lines(book, planned_order_id, set()))
    except NeedsMore as wider:
        raise (wider if book.edge is None else book.edge.beyond(planned_order_id)) from None


def recipes_above(book: Book, planned_order_id: str) -> frozenset[str]:
    """The recipes of the runs that a planned order serves, at any depth: none of them makes what it brings.

    Raises `NeedsMore` where that goes beyond the book.
    """
    found: set[str] = set()
    work, seen = [planned_order_id], {planned_order_id}
    try:
        while work:
            for peg in book.pegs.by("order", work.pop()):
                demand = book.demands.get(peg.demand_id)
                above = book.order(demand.planned_order_id) if demand and demand.planned_order_id else None
                if above is not None and above.planned_order_id not in seen:
                    found |= {above.recipe_id} if above.recipe_id else set()
                    seen.add(above.planned_order_id)
                    work.append(above.planned_order_id)
    except NeedsMore as wider:
        raise (wider if book.edge is None else book.edge.beyond(planned_order_id)) from None
    return frozenset(found)


def lines_above(book: Book, promise_id: str, demand_ids: Iterable[str]) -> tuple[str, ...]:
    """The lines of a promise that demands are for, whatever lies between them."""
    found: set[str] = set()
    work, seen = list(demand_ids), set[str]()
    while work:
        demand = book.demands.get(work.pop())
        if demand is None or demand.demand_id in seen:
            continue
        seen.add(demand.demand_id)
        if demand.promise_id == promise_id and demand.line_id is not None:
            found.add(demand.line_id)
        if demand.planned_order_id is not None:
            work += [peg.demand_id for peg in book.pegs.by("order", demand.planned_order_id)]
    return tuple(sorted(found))


def _shares(found: dict[Line, int]) -> tuple[Share, ...]:
    return tuple(
        Share(order_id, line_id, Quantity.of_micro(micro), correlation)
        for (order_id, line_id, correlation), micro in sorted(found.items(), key=lambda pair: pair[0][:2])
    )


def _lines(book: Book, planned_order_id: str, seen: set[str]) -> dict[Line, int]:
    found: dict[Line, int] = {}
    if planned_order_id in seen or book.order(planned_order_id) is None:
        return found
    for peg in book.pegs.by("order", planned_order_id):
        demand = book.demands.get(peg.demand_id)
        if demand is None:
            continue
        for line, micro in _up(book, demand, peg.quantity_micro, seen | {planned_order_id}).items():
            found[line] = found.get(line, 0) + micro
    return found


def _up(book: Book, demand: Demand, micro: int, seen: set[str]) -> dict[Line, int]:
    """So much of a demand, shared out over the lines that it is for, in proportion to what they get."""
    if demand.order_id is not None and demand.line_id is not None:
        return {(demand.order_id, demand.line_id, demand.need_id): micro}
    above: dict[Line, int] = {}
    if demand.planned_order_id is not None:
        above = _lines(book, demand.planned_order_id, seen)
    elif demand.purchase_line_id is not None:
        internal = book.internals.get(demand.purchase_line_id)
        for share in internal.serves if internal is not None else ():
            above[share.order_id, share.line_id, share.correlation_id] = share.quantity.micro
    whole = sum(above.values())
    return {line: micro * part // whole for line, part in above.items()} if whole else {}
