"""What orders is asked about exchange rates."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.values import Quantity
from orders.domain.rates import Exchange


@dataclass(frozen=True, slots=True)
class SetDayRate:
    """Say what one minor unit of a currency is worth in minor units of another, from a day on."""

    at: Exchange
    rate: Quantity
    expected_version: int


@dataclass(frozen=True, slots=True)
class RateCosts:
    """Rate the costs of orders with ids after this one that waited for a rate between two currencies."""

    currency: str
    into: str
    after: str
