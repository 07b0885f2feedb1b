"""Prices in whole minor units: extended by quantities, converted once, and shared out to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backbone.errors import Invalid
from contracts.rounding import halved_even, shared
from contracts.values import MICRO, MONEY_MINOR_MAX, Money, Quantity, is_currency

UNIT_PRICE_MINOR_MAX: Final = 10**12
RATE_MICRO_MAX: Final = 10**12


class CurrencyHasNoRate(Invalid):
    """Nobody has said what this currency is worth in ours."""


class RateIsImpossible(Invalid):
    """A rate is above 0 and is not about our own currency."""


class WorthIsBeyondLimits(Invalid):
    """So much money is kept nowhere."""


def rate_micro(currency: str, rate: Quantity, home: str) -> int:
    """A rate in millionths; raises `RateIsImpossible`."""
    if currency == home or not 0 < rate.micro <= RATE_MICRO_MAX or not is_currency(currency):
        raise RateIsImpossible(f"a rate is above 0 and says what another currency is worth in {home}")
    return rate.micro


def worth(unit_minor: int, quantity: Quantity) -> int:
    """What a quantity costs at a price of one unit, in minor units, rounded once."""
    return halved_even(unit_minor * quantity.micro, MICRO)


def allotted(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` shared by weights such that the shares sum to it exactly (largest remainder; equal if all weigh 0)."""
    if not weights:
        return []
    if not any(weights):
        weights = [1] * len(weights)
    return shared(whole, weights)


@dataclass(frozen=True, slots=True)
class Rates:
    """What one minor unit of a currency is worth in minor units of ours, in millionths."""

    home: str
    micro: Mapping[str, int] = field(default_factory=dict)

    def knows(self, currency: str) -> bool:
        """Whether amounts of this currency can be compared."""
        return currency == self.home or currency in self.micro

    def converted(self, amount: Money) -> Money:
        """The amount in our currency, rounded once; raises `CurrencyHasNoRate` and `WorthIsBeyondLimits`."""
        return Money(self._bounded(self._at_rate(amount.minor, amount.currency)), self.home)

    def worth(self, unit_price: Money, quantity: Quantity) -> int:
        """What a quantity costs in minor units of ours; raises `CurrencyHasNoRate` and `WorthIsBeyondLimits`."""
        return self._bounded(self._at_rate(worth(unit_price.minor, quantity), unit_price.currency))

    def reaches(self, unit_price: Money, quantity: Quantity) -> bool:
        """Whether the worth of a quantity can be said in our currency."""
        if not self.knows(unit_price.currency):
            return False
        return self._at_rate(worth(unit_price.minor, quantity), unit_price.currency) <= MONEY_MINOR_MAX

    def _at_rate(self, minor: int, currency: str) -> int:
        if currency == self.home:
            return minor
        if currency not in self.micro:
            raise CurrencyHasNoRate(f"there is no rate from {currency} to {self.home}")
        return halved_even(minor * self.micro[currency], MICRO)

    @staticmethod
    def _bounded(minor: int) -> int:
        if abs(minor) > MONEY_MINOR_MAX:
            raise WorthIsBeyondLimits(f"an amount of money is within {MONEY_MINOR_MAX} minor units")
        return minor
