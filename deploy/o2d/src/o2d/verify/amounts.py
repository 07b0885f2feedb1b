"""Quantity and cost together, as sums that are compared to the millionth and to the minor unit."""

from __future__ import annotations

from typing import Final

from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity

Amounts = tuple[
    int, int, int, int, int
]  # millionths, then minor units bought in, of labour, capital, overhead
NOTHING: Final[Amounts] = (0, 0, 0, 0, 0)


def plus(amounts: Amounts, micro: int, cost: CostVector) -> Amounts:
    """So much more, at that cost."""
    return (
        amounts[0] + micro,
        amounts[1] + cost.bought_in,
        amounts[2] + cost.labour,
        amounts[3] + cost.capital,
        amounts[4] + cost.overhead,
    )


def plus_part(amounts: Amounts, part: LotPart) -> Amounts:
    """A part of a lot more."""
    return plus(amounts, part.quantity.micro, part.cost)


def words(amounts: Amounts) -> str:
    """What people read of it."""
    return f"{Quantity.of_micro(amounts[0])} for {amounts[1:]}"
