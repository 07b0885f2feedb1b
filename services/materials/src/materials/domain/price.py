"""What bought supply costs by terms: the break that a quantity reaches, rounded once to whole minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.rounding import halved_even
from contracts.values import MICRO, MONEY_MINOR_MAX, Money
from contracts.vendors import PriceBreak


def cost_of(currency: str, prices: Sequence[PriceBreak], micro: int) -> Money | None:
    """What so many millionths of a base unit cost; None where there is no price, or no amount of money is so large.

    The price of a unit is that of the largest quantity that is reached, below all of them that of the smallest; half
    a minor unit goes to the even one.
    """
    if not prices:
        return None
    least = min(prices, key=lambda each: each.from_quantity.micro)
    reached = [each for each in prices if each.from_quantity.micro <= micro]
    found = max(reached, key=lambda each: each.from_quantity.micro, default=least)
    minor = halved_even(found.unit_price_minor * micro, MICRO)
    return Money(minor, currency) if minor <= MONEY_MINOR_MAX else None


@dataclass(frozen=True, slots=True)
class Bought:
    """What orders cost in one currency, before and after."""

    currency: str
    was_minor: int
    now_minor: int


def bought(costs: Iterable[tuple[Money | None, Money | None]]) -> tuple[Bought, ...]:
    """The sums of costs before and after, by currency."""
    sums: dict[str, list[int]] = {}
    for pair in costs:
        for place, each in enumerate(pair):
            if each is not None:
                sums.setdefault(each.currency, [0, 0])[place] += each.minor
    return tuple(Bought(currency, was, now) for currency, (was, now) in sorted(sums.items()))
