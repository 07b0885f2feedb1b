"""The parts of a price side by side as one bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from control_tower.queries.values import Total

WIDTH: Final = 600
PARTS: Final = ("bought_in", "labour", "capital", "overhead", "margin")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the price: its place on the bar and its share in per cent; a loss has no width."""

    name: str
    x: float
    width: float
    percent: float
    minor: int


def draw_shares(total: Total) -> list[Part]:
    """Bought in, labour, capital, overhead and margin as shares of the price (of the cost where that is more)."""
    amounts = {name: int(getattr(total, f"{name}_minor")) for name in PARTS}
    return _laid(amounts, max(total.price_minor, sum(amount for amount in amounts.values() if amount > 0), 1))


def draw_kinds(cost: Mapping[str, Any]) -> list[Part]:
    """Bought in, labour, capital and overhead as shares of a cost."""
    amounts = {name: int(cost[name]) for name in PARTS if name in cost}
    return _laid(amounts, max(sum(amount for amount in amounts.values() if amount > 0), 1))


def _laid(amounts: Mapping[str, int], whole: int) -> list[Part]:
    parts, x = [], 0.0
    for name, amount in amounts.items():
        width = round(max(amount, 0) / whole * WIDTH, 1)
        parts.append(Part(name, round(x, 1), width, round(amount / whole * 100, 1), amount))
        x += width
    return parts
