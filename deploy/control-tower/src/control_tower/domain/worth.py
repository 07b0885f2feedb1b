"""The value of an order: of its goods, of its services and of the whole; at its end the whole is what orders says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.shapes import ValueAdded
from contracts.values import CostVector
from control_tower.domain.picture import ValueRow


@dataclass(frozen=True, slots=True)
class Due:
    """What a customer owes for a line, in minor units."""

    kind: str
    minor: int
    currency: str


def values_of(
    order_id: str,
    placed_at: datetime,
    dues: Sequence[Due],
    costs: Mapping[str, CostVector],
    final: ValueAdded | None,
) -> tuple[ValueRow, ...]:
    """The rows of an order: its goods, its services, the whole; `costs` are by kind, too."""
    rows = []
    for kind in ("good", "service"):
        lines = [due for due in dues if due.kind == kind]
        if lines:
            cost = costs.get(kind) or CostVector(0, 0, 0, 0, lines[0].currency)
            price = sum(due.minor for due in lines)
            rows.append(
                ValueRow(
                    order_id,
                    kind,
                    cost.currency,
                    price,
                    cost.bought_in,
                    cost.labour,
                    cost.capital,
                    cost.overhead,
                    price - cost.total,
                    final is not None,
                    placed_at,
                )
            )
    if final is not None:
        rows.append(_final(order_id, placed_at, final))
    elif rows:
        rows.append(_sum(order_id, rows))
    return tuple(rows)


def _final(order_id: str, placed_at: datetime, value: ValueAdded) -> ValueRow:
    return ValueRow(
        order_id,
        "whole",
        value.currency,
        value.price,
        value.bought_in,
        value.labour,
        value.capital,
        value.overhead,
        value.margin,
        True,
        placed_at,
    )


def _sum(order_id: str, rows: Sequence[ValueRow]) -> ValueRow:
    return ValueRow(
        order_id,
        "whole",
        rows[0].currency,
        sum(row.price_minor for row in rows),
        sum(row.bought_in_minor for row in rows),
        sum(row.labour_minor for row in rows),
        sum(row.capital_minor for row in rows),
        sum(row.overhead_minor for row in rows),
        sum(row.margin_minor for row in rows),
        False,
        rows[0].placed_at,
    )
