"""Value added: what the customer pays, less what was bought in, is labour, capital, overhead and margin."""

from __future__ import annotations

from contracts.shapes import ValueAdded
from contracts.values import CostVector, Money, NotAValue


def nothing_spent(currency: str) -> CostVector:
    """No cost of any kind yet."""
    return CostVector(0, 0, 0, 0, currency)


def added(price: Money, cost: CostVector) -> ValueAdded:
    """price - bought in = labour + capital + overhead + margin, exact in minor units; margin is the rest.

    Raises `NotAValue` when price and cost are in different currencies.
    """
    if price.currency != cost.currency:
        raise NotAValue(f"{price.currency} and {cost.currency} do not add up")
    margin = price.minor - cost.total
    return ValueAdded(
        price.currency, price.minor, cost.bought_in, cost.labour, cost.capital, cost.overhead, margin
    )
