"""An order as its facts tell it: lines with promised and expected dates, why they differ, and the value so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from contracts import materials, orders, service_desk
from contracts.shapes import LineDate, ValueAdded
from contracts.values import CostVector
from control_tower.domain.heard import Heard
from control_tower.domain.picture import LineRow, Picture, ValueRow
from control_tower.domain.state import state_of

CLOSED: Final = frozenset({"completed", "cancelled"})


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """What the pages of one order say at their head; `supply_id` is what makes it late."""

    customer_id: str
    need_id: str
    placed_at: datetime
    promised_at: datetime | None
    expected_at: datetime | None
    completed_at: datetime | None
    cause: str
    supply_id: str | None


@dataclass(slots=True)
class _Line:
    placed: orders.OrderLine
    promised_at: datetime
    expected_at: datetime | None = None
    reason: str = ""
    done_at: datetime | None = None
    held: str = ""

    @property
    def kind(self) -> str:
        return self.placed.demand.kind


@dataclass(slots=True)
class _Order:
    placed: orders.OrderPlaced | None = None
    placed_at: datetime | None = None
    lines: dict[str, _Line] = field(default_factory=dict)
    costs: dict[str, CostVector] = field(default_factory=dict)
    final: ValueAdded | None = None
    completed_at: datetime | None = None
    cause: str = ""
    supply_id: str | None = None
    closed: bool = False


def _placed(order: _Order, fact: orders.OrderPlaced, at: datetime) -> None:
    order.placed, order.placed_at = fact, at
    order.lines = {line.demand.line_id: _Line(line, line.promised_at) for line in fact.lines}


def _promised(order: _Order, fact: orders.OrderPromised, at: datetime) -> None:
    # A line may be ready in steps: it is there with the last of them.
    for line_id, line in order.lines.items():
        steps = [step.at for step in fact.dates if step.line_id == line_id]
        if steps:
            line.expected_at = max(steps)


def _late(order: _Order, fact: orders.PromiseAtRisk | materials.SupplyLate, at: datetime) -> None:
    order.cause, order.supply_id = fact.cause, fact.supply_id
    _dated(order, fact.lines, fact.cause)


def _dated(order: _Order, dates: Sequence[LineDate], reason: str) -> None:
    for date in dates:
        line = order.lines.get(date.line_id)
        if line is not None:
            line.expected_at, line.reason = date.at, reason


def _accepted(order: _Order, fact: orders.NewDateAccepted, at: datetime) -> None:
    for date in fact.lines:
        line = order.lines.get(date.line_id)
        if line is not None and date.at is not None:
            line.promised_at = line.expected_at = date.at
            line.reason = ""
    order.cause, order.supply_id = "", None


def _recovered(
    order: _Order, fact: orders.PromiseRecovered | materials.SupplyRecovered, at: datetime
) -> None:
    _dated(order, fact.lines, "")
    order.cause, order.supply_id = "", None


def _ended(order: _Order, fact: orders.LineFulfilled | orders.OrderLineShortClosed, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        line.done_at, line.held = at, ""


def _held(order: _Order, fact: orders.OrderLineHeld, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        line.held = fact.reason


def _resumed(order: _Order, fact: orders.OrderLineResumed, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        line.held = ""


def _amended(order: _Order, fact: orders.OrderLineAmended, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        demand = replace(line.placed.demand, quantity=fact.quantity)
        line.placed = replace(line.placed, demand=demand, price=fact.price)
        line.done_at, line.held = (None, line.held) if fact.quantity else (at, "")


def _added(order: _Order, fact: orders.OrderLineAdded, at: datetime) -> None:
    order.lines[fact.line.demand.line_id] = _Line(fact.line, fact.line.promised_at)


def _completed(order: _Order, fact: orders.OrderCompleted, at: datetime) -> None:
    order.final, order.completed_at, order.closed = fact.value, at, True


def _revised(order: _Order, fact: orders.ValueRevised, at: datetime) -> None:
    order.final = fact.value


def _cancelled(order: _Order, fact: orders.OrderCancelled, at: datetime) -> None:
    order.closed = True


def _delivered(
    order: _Order, fact: service_desk.HandOverCompleted | service_desk.VisitCompleted, at: datetime
) -> None:
    _spent(order, "good" if isinstance(fact, service_desk.HandOverCompleted) else "service", fact.cost)


def _spent(order: _Order, kind: str, cost: CostVector) -> None:
    had = order.costs.get(kind)
    order.costs[kind] = cost if had is None or had.currency != cost.currency else had + cost


def _moved(order: _Order, fact: materials.StockMoved, at: datetime) -> None:
    """What a good has cost leaves with it; the hand-over adds only what the way to the client costs."""
    line = order.lines.get(fact.line_id or "")
    if fact.reason == "shipped" and line is not None:
        _spent(order, line.kind, fact.cost)


_CHANGES: Final[dict[str, Callable[[_Order, Any, datetime], None]]] = {
    "OrderPlaced": _placed,
    "OrderPromised": _promised,
    "PromiseAtRisk": _late,
    "SupplyLate": _late,
    "NewDateAccepted": _accepted,
    "PromiseRecovered": _recovered,
    "SupplyRecovered": _recovered,
    "LineFulfilled": _ended,
    "OrderLineHeld": _held,
    "OrderLineResumed": _resumed,
    "OrderLineShortClosed": _ended,
    "OrderLineAmended": _amended,
    "OrderLineAdded": _added,
    "OrderCompleted": _completed,
    "ValueRevised": _revised,
    "OrderCancelled": _cancelled,
    "HandOverCompleted": _delivered,
    "VisitCompleted": _delivered,
    "StockMoved": _moved,
}
FACTS: Final = frozenset(_CHANGES)


def picture_of_order(order_id: str, heard: Sequence[Heard]) -> Picture | None:
    """The picture of an order after facts in order; None before it is known to be placed."""
    order = _Order()
    # What arrives before the order itself must not be lost, and what it hurts is known only from the order.
    for one in sorted(heard, key=lambda one: one.name != "OrderPlaced"):
        change = _CHANGES.get(one.name)
        if change is not None:
            change(order, one.fact, one.told_at)
    if order.placed is None or order.placed_at is None:
        return None
    state, since = state_of("order", order_id, heard)
    lines = tuple(
        _row(order_id, line_id, line, order.closed) for line_id, line in sorted(order.lines.items())
    )
    detail = OrderDetail(
        order.placed.customer_id,
        order.placed.need_id,
        order.placed_at,
        max((line.promised_at for line in lines), default=None),
        max((line.expected_at for line in lines if line.expected_at), default=None),
        order.completed_at,
        order.cause,
        order.supply_id,
    )
    return Picture(
        "order", order_id, state, since, order.placed.customer_id, detail, lines, _values(order_id, order)
    )


def _row(order_id: str, line_id: str, line: _Line, closed: bool) -> LineRow:
    demand = line.placed.demand
    is_open = not closed and line.done_at is None
    expected = line.done_at or line.expected_at
    at_risk = is_open and bool(line.held or line.reason or (expected and expected > line.promised_at))
    return LineRow(
        order_id,
        line_id,
        demand.kind,
        demand.item,
        demand.quantity,
        demand.unit,
        line.promised_at,
        expected,
        is_open,
        at_risk,
        line.held or line.reason,
    )


def _values(order_id: str, order: _Order) -> tuple[ValueRow, ...]:
    assert order.placed is not None
    assert order.placed_at is not None
    rows = []
    for kind in ("good", "service"):
        prices = [line.placed.price for line in order.lines.values() if line.kind == kind]
        if prices:
            cost = order.costs.get(kind) or CostVector(0, 0, 0, 0, prices[0].currency)
            rows.append(_value(order, order_id, kind, sum(price.minor for price in prices), cost))
    if order.final is not None:
        rows.append(_final(order, order_id, order.final))
    elif rows:
        rows.append(_sum(order_id, rows))
    return tuple(rows)


def _value(order: _Order, order_id: str, kind: str, price: int, cost: CostVector) -> ValueRow:
    assert order.placed_at is not None
    margin = price - cost.total
    return ValueRow(
        order_id,
        kind,
        cost.currency,
        price,
        cost.bought_in,
        cost.labour,
        cost.capital,
        cost.overhead,
        margin,
        order.final is not None,
        order.placed_at,
    )


def _final(order: _Order, order_id: str, value: ValueAdded) -> ValueRow:
    assert order.placed_at is not None
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
        order.placed_at,
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
