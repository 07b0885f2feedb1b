"""Exact amounts: whole millionths of a base unit, and how they are written."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from functools import lru_cache
from typing import Any, Final, Self

MICRO: Final = 1_000_000
QUANTITY_DIGITS_MAX: Final = 12
QUANTITY_MICRO_MAX: Final = 10**QUANTITY_DIGITS_MAX * MICRO
REMEMBERED_COUNT: Final = 16_384

_QUANTITY_PATTERN: Final = r"^-?\d{1,12}(\.\d{1,6})?$"
_QUANTITY: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_FORM: Final = "a quantity is a string like 12.5, at most 12 digits and 6 decimals"


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
        if not isinstance(text, str):
            raise NotAValue(_FORM)
        return cls.of_micro(_micro_of_text(text))

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
        return _text_of_micro(self.micro)

    def __repr__(self) -> str:
        return f"Quantity('{self}')"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Quantity, (str(self),))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        # A core schema is plain data, so the rule for request bodies can stand beside the rule for facts.
        text = {
            "type": "custom-error",
            "schema": {"type": "str", "pattern": _QUANTITY_PATTERN, "strict": True},
            "custom_error_type": "not_a_value",
            "custom_error_message": _FORM,
        }
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls.parse},
            "schema": text,
            "serialization": {"type": "to-string"},
        }


# One quantity is read and written at every door it passes: the body, the fact, the row, the answer, each listener.
@lru_cache(maxsize=REMEMBERED_COUNT)
def _micro_of_text(text: str) -> int:
    if not _QUANTITY.fullmatch(text):
        raise NotAValue(_FORM)
    whole, _, part = text.removeprefix("-").partition(".")
    micro = int(whole) * MICRO + (int(part.ljust(6, "0")) if part else 0)
    return -micro if text.startswith("-") else micro


@lru_cache(maxsize=REMEMBERED_COUNT)
def _text_of_micro(micro: int) -> str:
    whole, part = divmod(abs(micro), MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}.{part:06d}".rstrip("0") if part else f"{sign}{whole}"


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
