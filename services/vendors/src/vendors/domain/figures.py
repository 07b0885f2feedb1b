"""How figures are made of many: shares of a hundred, middles, and the band of a percentage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from contracts.rounding import halved_even
from contracts.values import MICRO, Quantity, total

Band = Literal["A", "B", "C", "D"]
BANDS: Final[tuple[tuple[Quantity, Band], ...]] = (
    (Quantity(95), "A"),
    (Quantity(85), "B"),
    (Quantity(70), "C"),
)


def band_of(percent: Quantity) -> Band:
    """The band of a percentage: A from 95 (a perfect 100 belongs to it), B from 85, C from 70, else D."""
    return next((band for least, band in BANDS if percent >= least), "D")


def percent_of(hits: int, whole: int) -> Quantity:
    """So many of so many, in per cent; nothing of nothing is none."""
    return Quantity.of_micro(halved_even(hits * 100 * MICRO, whole)) if whole else Quantity(0)


def mean(values: Sequence[Quantity]) -> Quantity:
    """The mean of values; that of none is 0."""
    return Quantity.of_micro(halved_even(total(values).micro, len(values))) if values else Quantity(0)


def median(values: Sequence[Quantity]) -> Quantity:
    """The middle of values; that of none is 0."""
    if not values:
        return Quantity(0)
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Quantity.of_micro(halved_even((low + high).micro, 2))
