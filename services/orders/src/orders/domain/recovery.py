"""A promise that holds again because of what its customer, or a person, has decided about the lines that were late."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from contracts.orders import PromiseRecovered
from contracts.shapes import LineDate
from orders.domain.order import Fact, Order


def recovered(
    was: Order, now: Order, how: Literal["new date accepted", "back in time"]
) -> tuple[Order, list[Fact]]:
    """The order after a decision: where it `was` late and no line is late any more, its dates hold again."""
    late = {line.line_id for line in was.lines if line.supply == "late"}
    if not late or any(line.supply == "late" for line in now.lines):
        return now, []
    dates = tuple(
        LineDate(line.line_id, line.promised_at, line.promised_at)
        for line in now.lines
        if line.line_id in late and not line.ended
    )
    return replace(now, late_because=None), [PromiseRecovered(now.order_id, now.customer_id, how, dates)]
