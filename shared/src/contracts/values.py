"""The small values every fact is made of; a limit of a value lives in the value itself, so every codec applies it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from typing import Any, Final, Literal, Self

MICRO: Final = 1_000_000
QUANTITY_DIGITS_MAX: Final = 12
QUANTITY_MICRO_MAX: Final = 10**QUANTITY_DIGITS_MAX * MICRO
TEXT_CHARS_MAX: Final = 4_000
NAME_CHARS_MAX: Final = 200
LINES_COUNT_MAX: Final = 500
MONEY_MINOR_MAX: Final = 10**15

_QUANTITY_PATTERN: Final = r"^-?\d{1,12}(\.\d{1,6})?$"
_QUANTITY: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_UNIT: Final = re.compile(r"[A-Za-z0-9%°/._-]{1,16}")


class NotAValue(ValueError):
    """A value breaks its own limit; the message names the limit."""


class Quantity:
    """An exact amount with six decimals in the base unit of what it counts, kept as a whole number of millionths.

    `Quantity("2.5")`, `Quantity(3)` and `Quantity.of_micro(2_500_000)` build one; a float is refused.
    On the wire it is a JSON string `-?\\d{1,12}(\\.\\d{1,6})?`. Raises `NotAValue` beyond 12 digits or 6 decimals.
    """

    __slots__ = ("micro",)
    micro: int

    def __init__(self, value: str | int | Decimal) -> None:
        object.__setattr__(self, "micro", _micro_of(value))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a quantity never changes")

    @classmethod
    def of_micro(cls, micro: int) -> Self:
        """The quantity of `micro` millionths of a base unit."""
        if not -QUANTITY_MICRO_MAX < micro < QUANTITY_MICRO_MAX:
            raise NotAValue(f"a quantity has at most {QUANTITY_DIGITS_MAX} digits before the point")
        made = object.__new__(cls)
        object.__setattr__(made, "micro", micro)
        return made

    @classmethod
    def parse(cls, text: str) -> Self:
        """The quantity written as `text` in wire form; raises `NotAValue` on any other form."""
        if not isinstance(text, str) or not _QUANTITY.fullmatch(text):
            raise NotAValue("a quantity is a string like 12.5, at most 12 digits and 6 decimals")
        whole, _, part = text.removeprefix("-").partition(".")
        micro = int(whole) * MICRO + (int(part.ljust(6, "0")) if part else 0)
        return cls.of_micro(-micro if text.startswith("-") else micro)

    @property
    def decimal(self) -> Decimal:
        """The same amount as a decimal number."""
        return Decimal(self.micro).scaleb(-6)

    def times(self, factor: Decimal | int | Quantity) -> Quantity:
        """This amount times `factor`, rounded half-even to a millionth."""
        factor = factor.decimal if isinstance(factor, Quantity) else Decimal(factor)
        return Quantity.of_micro(int((self.micro * factor).to_integral_value(ROUND_HALF_EVEN)))

    def over(self, divisor: Decimal | int | Quantity, quantum: Quantity | None = None) -> Quantity:
        """This amount divided by `divisor`, rounded up once to a multiple of `quantum` (a millionth if absent)."""
        divisor = divisor.decimal if isinstance(divisor, Quantity) else Decimal(divisor)
        if divisor <= 0:
            raise NotAValue("a quantity is divided by a positive number only")
        step = quantum.micro if quantum is not None else 1
        return Quantity.of_micro(int((self.micro / divisor / step).to_integral_value(ROUND_UP)) * step)

    def rounded_up(self, quantum: Quantity) -> Quantity:
        """The least whole multiple of `quantum` that is not below this amount."""
        return Quantity.of_micro(-(-self.micro // quantum.micro) * quantum.micro)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity.of_micro(self.micro + other.micro)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity.of_micro(self.micro - other.micro)

    def __neg__(self) -> Quantity:
        return Quantity.of_micro(-self.micro)

    def __bool__(self) -> bool:
        return self.micro != 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.micro == other.micro

    # All four by hand: those that functools derives cost three times as much, and planning compares all day.
    def __lt__(self, other: Quantity) -> bool:
        return self.micro < other.micro

    def __le__(self, other: Quantity) -> bool:
        return self.micro <= other.micro

    def __gt__(self, other: Quantity) -> bool:
        return self.micro > other.micro

    def __ge__(self, other: Quantity) -> bool:
        return self.micro >= other.micro

    def __hash__(self) -> int:
        return hash(self.micro)

    def __str__(self) -> str:
        whole, part = divmod(abs(self.micro), MICRO)
        sign = "-" if self.micro < 0 else ""
        return f"{sign}{whole}.{part:06d}".rstrip("0") if part else f"{sign}{whole}"

    def __repr__(self) -> str:
        return f"Quantity('{self}')"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Quantity, (str(self),))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        # A core schema is plain data, so the rule for request bodies can stand beside the rule for facts.
        text = {"type": "str", "pattern": _QUANTITY_PATTERN, "strict": True}
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls.parse},
            "schema": text,
            "serialization": {"type": "to-string"},
        }


def _micro_of(value: str | int | Decimal) -> int:
    if isinstance(value, bool | float):
        raise NotAValue("a quantity is never a float or a truth value")
    try:
        number = Decimal(value)
    except ArithmeticError as broken:
        raise NotAValue(f"{value!r} is not a number") from broken
    if not number.is_finite() or abs(number) >= 10**QUANTITY_DIGITS_MAX:
        raise NotAValue(f"a quantity has at most {QUANTITY_DIGITS_MAX} digits before the point")
    micro = number.scaleb(6)
    if micro != micro.to_integral_value():
        raise NotAValue("a quantity has at most 6 decimals")
    return int(micro)


ZERO: Final = Quantity(0)


def total(quantities: Any) -> Quantity:
    """The sum of an iterable of quantities, zero when it is empty."""
    return Quantity.of_micro(sum(q.micro for q in quantities))


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
        return self + CostVector(
            -other.bought_in, -other.labour, -other.capital, -other.overhead, other.currency
        )


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
