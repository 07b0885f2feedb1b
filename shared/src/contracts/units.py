"""Units: what an item is counted in, what else it may be said in, and how the one is turned into the other, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from contracts.quantity import MICRO, NotAValue, Quantity

Measure = Literal["mass", "volume", "length"]
# So much of the first unit of its measure is one of each, by definition: kilogram, litre, metre.
# Source: SI Brochure; international avoirdupois pound and yard (1959); US gallon of 231 cubic inches; barrel of 42.
STANDARD: Final[dict[str, tuple[Measure, Fraction]]] = {
    "kg": ("mass", Fraction(1)),
    "g": ("mass", Fraction(1, 1_000)),
    "mg": ("mass", Fraction(1, 1_000_000)),
    "t": ("mass", Fraction(1_000)),
    "lb": ("mass", Fraction(45_359_237, 100_000_000)),
    "l": ("volume", Fraction(1)),
    "ml": ("volume", Fraction(1, 1_000)),
    "hl": ("volume", Fraction(100)),
    "m3": ("volume", Fraction(1_000)),
    "gal": ("volume", Fraction(3_785_411_784, 1_000_000_000)),
    "bbl": ("volume", Fraction(158_987_294_928, 1_000_000_000)),
    "m": ("length", Fraction(1)),
    "mm": ("length", Fraction(1, 1_000)),
    "cm": ("length", Fraction(1, 100)),
    "km": ("length", Fraction(1_000)),
    "ft": ("length", Fraction(3_048, 10_000)),
}
# Of a unit that is a word there are several; one that nobody lists here stands as it was given.
SEVERAL: Final[dict[str, str]] = {
    "box": "boxes",
    **{
        each: f"{each}s"
        for each in (
            "bag", "barrel", "bottle", "can", "carton", "crate", "day", "drum", "gram", "hour", "keg", "kilogram",
            "litre", "meter", "metre", "minute", "pack", "pair", "pallet", "piece", "roll", "set", "sheet", "ton",
            "tonne", "unit", "visit",
        )
    },
}  # fmt: skip


class NoSuchUnit(NotAValue):
    """Nobody can turn that unit into the one in which the item is counted."""


class NotWhole(NotAValue):
    """What comes out in the unit in which the item is counted is no whole number of its quanta, or of minor units."""


def unit_of(unit: str, quantity: object) -> str:
    """A unit as it is said of so much: `1 piece`, `2 pieces`, `2 kg`."""
    return unit if str(quantity) == "1" else SEVERAL.get(unit, unit)


@dataclass(frozen=True, slots=True)
class ItemUnit:
    """A unit of an item: `per` of it are `quantity` of the unit in which the item is counted."""

    unit: str
    quantity: Quantity
    per: Quantity


@dataclass(frozen=True, slots=True)
class Counted:
    """How an item is counted: its unit, the quantum it is never divided below, its other units, kilograms a litre."""

    sku: str
    unit: str
    quantum: Quantity
    units: tuple[ItemUnit, ...] = ()
    density: Quantity = Quantity(0)  # noqa: RUF009  (a quantity never changes)

    def ratio(self, unit: str) -> Fraction:
        """How much of its own unit one of another is; raises `NoSuchUnit`."""
        if unit == self.unit:
            return Fraction(1)
        for each in self.units:
            if each.unit == unit:
                return Fraction(each.quantity.micro, each.per.micro)
        found = self._measured(unit)
        if found is None:
            raise NoSuchUnit(f"{self.sku} is counted in {self.unit}, not in {unit}")
        return found

    def _measured(self, unit: str) -> Fraction | None:
        """By definition inside one measure; between mass and volume by the density."""
        one, own = STANDARD.get(unit), STANDARD.get(self.unit)
        if one is None or own is None:
            return None
        ratio = one[1] / own[1]
        if one[0] == own[0]:
            return ratio
        if {one[0], own[0]} != {"mass", "volume"} or not self.density:
            return None
        density = Fraction(self.density.micro, MICRO)
        return ratio * density if one[0] == "volume" else ratio / density

    def own(self, quantity: Quantity, unit: str) -> Quantity:
        """A quantity in its own unit, nothing rounded; raises `NoSuchUnit` and `NotWhole`."""
        exact = quantity.micro * self.ratio(unit)
        if exact.denominator != 1 or exact.numerator % self.quantum.micro:
            raise NotWhole(f"{self.sku} is counted in whole multiples of {self.quantum} {self.unit}")
        return Quantity.of_micro(exact.numerator)

    def own_price(self, minor: int, unit: str) -> int:
        """A price of one of a unit as that of one of its own, in minor units; raises `NoSuchUnit` and `NotWhole`."""
        exact = minor / self.ratio(unit)
        if exact.denominator != 1:
            raise NotWhole(
                f"{minor} minor units for one {unit} of {self.sku} are no whole price of one {self.unit}"
            )
        return exact.numerator
