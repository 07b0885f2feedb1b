"""The small values every fact is made of; a limit of a value lives in the value itself, so every codec applies it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from contracts.quantity import MICRO, ZERO, NotAValue, Quantity, total

TEXT_CHARS_MAX: Final = 4_000
NAME_CHARS_MAX: Final = 200
LINES_COUNT_MAX: Final = 500
MONEY_MINOR_MAX: Final = 10**15

_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_UNIT: Final = re.compile(r"[A-Za-z0-9%°/._-]{1,16}")


def is_currency(text: str) -> bool:
    """Whether a text is a currency's sign: three capital letters."""
    return _CURRENCY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of money in whole minor units (cents) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if abs(self.minor) > MONEY_MINOR_MAX:
            raise NotAValue(f"an amount of money is within {MONEY_MINOR_MAX} minor units")
        if not _CURRENCY.fullmatch(self.currency):
            raise NotAValue("a currency is three capital letters")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise NotAValue(f"{self.currency} and {other.currency} do not add up")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)


@dataclass(frozen=True, slots=True)
class CostVector:
    """What a quantity has cost so far, by kind of effort, in minor units of one currency."""

    bought_in: int
    labour: int
    capital: int
    overhead: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise NotAValue("a currency is three capital letters")

    @property
    def total(self) -> int:
        """All four kinds together, in minor units."""
        return self.bought_in + self.labour + self.capital + self.overhead

    def __add__(self, other: CostVector) -> CostVector:
        if self.currency != other.currency:
            raise NotAValue(f"{self.currency} and {other.currency} do not add up")
        return CostVector(
            self.bought_in + other.bought_in,
            self.labour + other.labour,
            self.capital + other.capital,
            self.overhead + other.overhead,
            self.currency,
        )

    def __sub__(self, other: CostVector) -> CostVector:
        return self + -other

    def __neg__(self) -> CostVector:
        return CostVector(-self.bought_in, -self.labour, -self.capital, -self.overhead, self.currency)


Scale = Literal["HB", "HRC", "mm", "kg/m3", "%", "degC", "count", "grade"]


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """One measured or promised property of a lot, on its own scale (HB and HRC are two scales, not one)."""

    name: str
    value: Quantity
    scale: str

    def __post_init__(self) -> None:
        _named(self.name)
        if not _UNIT.fullmatch(self.scale):
            raise NotAValue("a scale is a short unit sign")


@dataclass(frozen=True, slots=True)
class PropertyWindow:
    """The range that a need allows for one property; both ends belong to the window, an absent end is open."""

    name: str
    scale: str
    minimum: Quantity | None = None
    maximum: Quantity | None = None

    def __post_init__(self) -> None:
        _named(self.name)
        if self.minimum is None and self.maximum is None:
            raise NotAValue("a property window needs at least one end")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise NotAValue("a property window's minimum is not above its maximum")

    def admits(self, value: PropertyValue) -> bool:
        """Whether `value` is of this property and scale and lies inside."""
        if value.name != self.name or value.scale != self.scale:
            return False
        above = self.minimum is None or value.value >= self.minimum
        return above and (self.maximum is None or value.value <= self.maximum)


Window = tuple[PropertyWindow, ...]


def admits(window: Window, properties: tuple[PropertyValue, ...]) -> bool:
    """Whether a lot with `properties` satisfies every part of `window`; an empty window admits every lot."""
    return all(any(part.admits(value) for value in properties) for part in window)


def _named(name: str) -> None:
    if not name or len(name) > NAME_CHARS_MAX:
        raise NotAValue(f"a name has 1 to {NAME_CHARS_MAX} characters")


__all__ = [
    "LINES_COUNT_MAX",
    "MICRO",
    "NAME_CHARS_MAX",
    "TEXT_CHARS_MAX",
    "ZERO",
    "CostVector",
    "Money",
    "NotAValue",
    "PropertyValue",
    "PropertyWindow",
    "Quantity",
    "Scale",
    "Window",
    "admits",
    "date",
    "datetime",
    "timedelta",
    "total",
]
