"""Exchange rates by day, and what a cost in another currency than its order's is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from backbone.errors import Invalid
from contracts.rounding import halved_even
from contracts.values import MICRO, CostVector, Money, Quantity, is_currency

RATE_MICRO_MAX: Final = 10**12


class RateIsImpossible(Invalid):
    """A rate is above 0, between two currencies, and counts from a day on."""


@dataclass(frozen=True, slots=True, order=True)
class Exchange:
    """What is to be said in another currency, at the rate of a day (UTC)."""

    currency: str
    into: str
    day: date

    @property
    def missing(self) -> str:
        """What a person reads when its rate is not known."""
        return f"rate {self.currency}->{self.into} missing on {self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cost in another currency than its order's, and the day whose rate it takes."""

    cost: CostVector
    day: date


@dataclass(frozen=True, slots=True)
class Rates:
    """What one minor unit of a currency is worth in minor units of another, in millionths; costs are told `today`."""

    today: date
    micro: Mapping[Exchange, int] = field(default_factory=dict)

    def worth(self, cost: CostVector, into: str, day: date) -> tuple[CostVector, Quantity] | None:
        """The cost in another currency, each kind rounded once, and the rate; None where the rate is not known."""
        micro = self.micro.get(Exchange(cost.currency, into, day))
        if micro is None:
            return None
        worth = CostVector(
            halved_even(cost.bought_in * micro, MICRO),
            halved_even(cost.labour * micro, MICRO),
            halved_even(cost.capital * micro, MICRO),
            halved_even(cost.overhead * micro, MICRO),
            into,
        )
        return worth, Quantity.of_micro(micro)

    def charge(self, amount: Money, into: str) -> Money | None:
        """An amount in another currency, at today's rate; None where that is not known."""
        micro = self.micro.get(Exchange(amount.currency, into, self.today))
        return None if micro is None else Money(halved_even(amount.minor * micro, MICRO), into)


def day_of(said: str) -> date:
    """A day as it is said; raises `RateIsImpossible`."""
    try:
        return date.fromisoformat(said)
    except ValueError as wrong:
        raise RateIsImpossible("a rate counts from a day on, said as 2026-03-02") from wrong


def rate_micro(currency: str, into: str, rate: Quantity) -> int:
    """A rate in millionths; raises `RateIsImpossible`."""
    pair = is_currency(currency) and is_currency(into) and currency != into
    if not pair or not 0 < rate.micro <= RATE_MICRO_MAX:
        raise RateIsImpossible("a rate is above 0 and says what one currency is worth in another")
    return rate.micro
