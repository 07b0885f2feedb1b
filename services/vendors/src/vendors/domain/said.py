"""What is said of purchase lines in any unit of their items, turned into the units in which these are counted.

Units stand beside what is said, in its order; absent is the item's own. Nothing is rounded: what does not come out
whole is refused as `Invalid`, with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from backbone.errors import Invalid, said_at
from contracts.units import Counted
from contracts.values import Money, Quantity
from vendors.domain.answer import LineAnswer
from vendors.domain.delivery import Shipped
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.receipt import Arrival

Units = Sequence[str | None]
Known = Mapping[str, Counted]
Said = TypeVar("Said", LineAnswer, Shipped, Arrival)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit of an item, said at a place."""

    counted: Counted
    unit: str
    place: str

    def quantity(self, quantity: Quantity, where: str = "/quantity") -> Quantity:
        """A quantity in the item's own unit."""
        with said_at(f"{self.place}{where}"):
            return self.counted.own(quantity, self.unit)

    def price(self, minor: int, where: str = "/unit_price_minor") -> int:
        """A price of one of it, in minor units, as that of one of the item's own."""
        with said_at(f"{self.place}{where}"):
            return self.counted.own_price(minor, self.unit)


def _unit(sku: str, unit: str, known: Known, place: str) -> _Unit:
    counted = known.get(sku)
    if counted is None:
        raise Invalid(f"nobody knows in what {sku} is counted", [(f"{place}/unit", "its own only")])
    with said_at(f"{place}/unit"):
        counted.ratio(unit)
    return _Unit(counted, unit, place)


def _of_line(order: PurchaseOrder, line_id: str, unit: str, known: Known, place: str) -> _Unit:
    return _unit(order.line(line_id).sku, unit, known, place)


def said_of(units: Units) -> bool:
    """Whether anything is said in another unit than the item's own."""
    return any(unit is not None for unit in units)


def answers_in_own(
    order: PurchaseOrder, said: Sequence[LineAnswer], units: Units, known: Known
) -> tuple[LineAnswer, ...]:
    """What a vendor promises for lines, quantities and prices in the items' own units."""
    return _lines_in_own(order, said, units, known, _answer)


def _answer(said: LineAnswer, unit: _Unit) -> LineAnswer:
    quantity, minor = said.quantity, said.unit_price_minor
    return replace(
        said,
        quantity=None if quantity is None else unit.quantity(quantity),
        unit_price_minor=None if minor is None else unit.price(minor),
        schedule=tuple(
            replace(part, quantity=unit.quantity(part.quantity, f"/schedule/{place}/quantity"))
            for place, part in enumerate(said.schedule)
        ),
    )


def parts_in_own(
    order: PurchaseOrder, parts: Sequence[Shipped], units: Units, known: Known
) -> tuple[Shipped, ...]:
    """What a vendor has sent of lines, in the items' own units."""
    return _lines_in_own(
        order, parts, units, known, lambda part, unit: replace(part, quantity=unit.quantity(part.quantity))
    )


def arrivals_in_own(
    order: PurchaseOrder, arrivals: Sequence[Arrival], units: Units, known: Known
) -> tuple[Arrival, ...]:
    """What arrived of lines, taken in and turned away, in the items' own units."""
    return _lines_in_own(order, arrivals, units, known, _arrival)


def _arrival(said: Arrival, unit: _Unit) -> Arrival:
    lots = [
        replace(lot, quantity=unit.quantity(lot.quantity, f"/lots/{place}/quantity"))
        for place, lot in enumerate(said.lots)
    ]
    rejected = [
        replace(part, quantity=unit.quantity(part.quantity, f"/rejected/{place}/quantity"))
        for place, part in enumerate(said.rejected)
    ]
    return replace(said, lots=tuple(lots), rejected=tuple(rejected))


def _lines_in_own(
    order: PurchaseOrder,
    said: Sequence[Said],
    units: Units,
    known: Known,
    turned: Callable[[Said, _Unit], Said],
) -> tuple[Said, ...]:
    """What is said of lines, that of another unit than the item's own turned."""
    kept = list(said)
    for number, unit in enumerate(units):
        if unit is not None:
            line_id = kept[number].purchase_line_id
            kept[number] = turned(kept[number], _of_line(order, line_id, unit, known, f"/lines/{number}"))
    return tuple(kept)


def lots_in_own(
    order: PurchaseOrder,
    line_id: str,
    lots: Sequence[tuple[str, Quantity]],
    unit: str | None,
    known: Known,
) -> tuple[tuple[str, Quantity], ...]:
    """What goes back of lots of a line, in the item's own unit."""
    if unit is None:
        return tuple(lots)
    turned = _of_line(order, line_id, unit, known, "")
    return tuple(
        (lot_id, turned.quantity(quantity, f"/lots/{number}/quantity"))
        for number, (lot_id, quantity) in enumerate(lots)
    )


def price_in_own(
    sku: str, price: Money, extras_minor: int, unit: str | None, known: Known
) -> tuple[Money, int]:
    """A price of one of a unit, and the extras for it, for one of the item's own."""
    if unit is None:
        return price, extras_minor
    turned = _unit(sku, unit, known, "")
    minor = turned.price(price.minor, "/unit_price")
    return Money(minor, price.currency), turned.price(extras_minor, "/extras_minor")
