"""Units of an item: exact ratios of whole numbers to the unit in which it is counted, by measure, density or pack."""

from __future__ import annotations

from typing import Final, Literal

from backbone.errors import Invalid
from contracts.values import MICRO, Quantity
from materials.domain.item import Item, QuantityIsNotWhole
from materials.domain.recipe import Ratio

Measure = Literal["mass", "volume", "length"]
# So much of the first unit of its measure is one of each, by definition: kilogram, litre, metre.
# Source: SI Brochure; international avoirdupois pound and yard (1959); US gallon of 231 cubic inches; barrel of 42.
STANDARD: Final[dict[str, tuple[Measure, Ratio]]] = {
    "kg": ("mass", Ratio(1, 1)),
    "g": ("mass", Ratio(1, 1_000)),
    "mg": ("mass", Ratio(1, 1_000_000)),
    "t": ("mass", Ratio(1_000, 1)),
    "lb": ("mass", Ratio(45_359_237, 100_000_000)),
    "l": ("volume", Ratio(1, 1)),
    "ml": ("volume", Ratio(1, 1_000)),
    "hl": ("volume", Ratio(100, 1)),
    "m3": ("volume", Ratio(1_000, 1)),
    "gal": ("volume", Ratio(3_785_411_784, 1_000_000_000)),
    "bbl": ("volume", Ratio(158_987_294_928, 1_000_000_000)),
    "m": ("length", Ratio(1, 1)),
    "mm": ("length", Ratio(1, 1_000)),
    "cm": ("length", Ratio(1, 100)),
    "km": ("length", Ratio(1_000, 1)),
    "ft": ("length", Ratio(3_048, 10_000)),
}


class UnitDoesNotFit(Invalid):
    """A quantity is said in a unit that nobody can turn into the one in which the item is counted."""


def to_base(item: Item, quantity: Quantity, unit: str | None) -> int:
    """A quantity in millionths of the item's own unit; absent is that unit.

    Nothing is rounded: raises `UnitDoesNotFit`, and `QuantityIsNotWhole` where no whole number of quanta comes out.
    """
    ratio = ratio_of(item, unit) if unit is not None else Ratio(1, 1)
    over, rest = divmod(quantity.micro * ratio.over, ratio.under)
    if rest or over % item.quantum_micro:
        quantum = Quantity.of_micro(item.quantum_micro)
        raise QuantityIsNotWhole(
            f"{item.sku} is counted in whole multiples of {quantum} {item.unit}", [("/quantity", "not whole")]
        )
    return over


def ratio_of(item: Item, unit: str) -> Ratio:
    """How much of an item's own unit one of another is; raises `UnitDoesNotFit`."""
    if unit == item.unit:
        return Ratio(1, 1)
    for each in item.units:
        if each.unit == unit:
            return Ratio(each.quantity_micro, each.per_micro)
    found = _measured(item, unit)
    if found is None:
        known = ", ".join([item.unit, *(each.unit for each in item.units)])
        raise UnitDoesNotFit(
            f"{item.sku} is counted in {item.unit}, not in {unit}", [("/unit", f"one of {known}")]
        )
    return found


def _measured(item: Item, unit: str) -> Ratio | None:
    """By definition inside one measure; between mass and volume by the density, in kilograms a litre."""
    one, base = STANDARD.get(unit), STANDARD.get(item.unit)
    if one is None or base is None:
        return None
    over, under = one[1].over * base[1].under, one[1].under * base[1].over
    if one[0] == base[0]:
        return Ratio(over, under)
    if {one[0], base[0]} != {"mass", "volume"} or not item.density_micro:
        return None
    if one[0] == "volume":
        return Ratio(over * item.density_micro, under * MICRO)
    return Ratio(over * MICRO, under * item.density_micro)
