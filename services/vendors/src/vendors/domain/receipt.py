"""What arrives for a purchase line: lots taken in with their landed cost, and what is turned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backbone.errors import Invalid
from contracts.shapes import LotPart
from contracts.values import CostVector, Money, PropertyValue, Quantity
from vendors.domain.price import Rates, allotted


class NotInWholeQuanta(Invalid):
    """The item is not divided so finely."""


class LotIsNotOnItsWay(Invalid):
    """A site of ours sent no such lot, or less of it."""


@dataclass(frozen=True, slots=True)
class ArrivedLot:
    """So much of a vendor's lot, as counted and measured on arrival; `lot_id` is our name for it.

    A lot of a site of ours keeps its id: there `vendor_lot` is that id.
    """

    lot_id: str
    vendor_lot: str
    quantity: Quantity
    properties: tuple[PropertyValue, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """So much was not accepted, and why; an internal vendor's lot is named."""

    quantity: Quantity
    reason: str
    vendor_lot: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived of one purchase line."""

    purchase_line_id: str
    lots: tuple[ArrivedLot, ...] = ()
    rejected: tuple[TurnedAway, ...] = ()


def whole(quantity: Quantity, quantum_micro: int | None, what: str) -> None:
    """Raise `NotInWholeQuanta` unless `quantity` is a multiple of an item's quantum (None: not known here)."""
    if quantum_micro and quantity.micro % quantum_micro:
        quantum = Quantity.of_micro(quantum_micro)
        raise NotInWholeQuanta(f"{what} of {quantity} is no whole multiple of {quantum}")


def bought(
    lots: Sequence[ArrivedLot],
    *,
    sku: str,
    unit_price: Money,
    promised: tuple[PropertyValue, ...],
    extras: Sequence[int],
    rates: Rates,
) -> tuple[LotPart, ...]:
    """Lots of another company: landed cost = price x quantity + their share of the extras, all of it bought in.

    Measured properties stand beside those that the vendor promised and that nobody measured.
    """
    return tuple(
        LotPart(
            lot.lot_id,
            sku,
            lot.quantity,
            CostVector(rates.worth(unit_price, lot.quantity) + extra, 0, 0, 0, rates.home),
            _known(promised, lot.properties),
            lot.vendor_lot,
            lot.serials,
        )
        for lot, extra in zip(lots, extras, strict=True)
    )


def _known(
    promised: tuple[PropertyValue, ...], measured: tuple[PropertyValue, ...]
) -> tuple[PropertyValue, ...]:
    names = {value.name for value in measured}
    return (*(value for value in promised if value.name not in names), *measured)


def extras_of(extras_minor: int, lots: Sequence[tuple[Money, Quantity]], rates: Rates) -> list[int]:
    """The extras of a receipt (freight, duty) shared over its lots by their worth, by quantity if they are free."""
    weights = [rates.worth(price, quantity) for price, quantity in lots]
    return allotted(extras_minor, weights if any(weights) else [quantity.micro for _, quantity in lots])


def taken(
    on_the_way: Sequence[LotPart], lot_id: str, quantity: Quantity
) -> tuple[LotPart, tuple[LotPart, ...]]:
    """So much of a lot that a site of ours sent, with its share of the lot's own cost, and what is still coming.

    The parts of a lot sum to its cost exactly: the last one carries the rest. Raises `LotIsNotOnItsWay`.
    """
    for place, lot in enumerate(on_the_way):
        if lot.lot_id == lot_id and quantity <= lot.quantity:
            cost = _part(lot.cost, quantity, lot.quantity)
            part = replace(lot, quantity=quantity, cost=cost, vendor_lot=lot.lot_id)
            rest = replace(lot, quantity=lot.quantity - quantity, cost=lot.cost - cost)
            left = (*on_the_way[:place], *((rest,) if rest.quantity else ()), *on_the_way[place + 1 :])
            return part, tuple(left)
    raise LotIsNotOnItsWay(f"lot {lot_id} is not on its way with {quantity}")


def packed(on_the_way: Sequence[LotPart], lots: Sequence[LotPart]) -> tuple[LotPart, ...]:
    """What is on its way once more lots are sent: a lot that is sent in parts is one lot still."""
    together = {lot.lot_id: lot for lot in on_the_way}
    for lot in lots:
        had = together.get(lot.lot_id)
        if had is not None:
            lot = replace(had, quantity=had.quantity + lot.quantity, cost=had.cost + lot.cost)
        together[lot.lot_id] = lot
    return tuple(together.values())


def _part(cost: CostVector, quantity: Quantity, whole: Quantity) -> CostVector:
    def share(minor: int) -> int:
        return minor * quantity.micro // whole.micro

    return CostVector(
        share(cost.bought_in), share(cost.labour), share(cost.capital), share(cost.overhead), cost.currency
    )
