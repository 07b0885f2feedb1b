"""Whether what lines ask for can be asked for at all: known items and sites, quantities in the item's own unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contracts.shapes import DemandLine
from contracts.values import Quantity
from materials.domain.book import Book
from materials.domain.demand import Demand
from materials.domain.units import below, to_base


def unaskable(book: Book, lines: Iterable[DemandLine], demands: Iterable[Demand]) -> str | None:
    """Why nobody can ask for that, in words; None when everybody can."""
    return _other_unit(book, lines) or _broken(book, demands)


def in_own_units(book: Book, lines: Iterable[DemandLine], at: str = "/lines") -> tuple[DemandLine, ...]:
    """Lines in the units in which their items are counted, as they are where they name none or nobody knows the item.

    Nothing is rounded: raises `UnitDoesNotFit` and `QuantityIsNotWhole` with the line's place below `at`.
    """
    return tuple(_in_own_unit(book, f"{at}/{place}", line) for place, line in enumerate(lines))


def _in_own_unit(book: Book, place: str, line: DemandLine) -> DemandLine:
    item = book.network.items.get(line.item) if line.kind == "good" and line.unit else None
    if item is None:
        return line
    with below(place):
        quantity = Quantity.of_micro(to_base(item, line.quantity, line.unit))
    return replace(line, quantity=quantity, unit=item.unit)


def _other_unit(book: Book, lines: Iterable[DemandLine]) -> str | None:
    for line in lines:
        item = book.network.items.get(line.item) if line.kind == "good" else None
        # What only inquires names no unit: it asks in the item's own.
        if item is not None and line.unit and line.unit != item.unit:
            return f"{line.line_id} asks in {line.unit}; {item.sku} is counted in {item.unit}"
    return None


def _broken(book: Book, demands: Iterable[Demand]) -> str | None:
    for demand in demands:
        item = book.network.items.get(demand.sku)
        if item is None:
            return f"no item {demand.sku}"
        if demand.site_id not in book.network.sites:
            return f"no site {demand.site_id}"
        if demand.quantity_micro <= 0 or demand.quantity_micro % item.quantum_micro:
            quantum = Quantity.of_micro(item.quantum_micro)
            return f"{demand.sku} is counted in whole multiples of {quantum} {item.unit}"
    return None
