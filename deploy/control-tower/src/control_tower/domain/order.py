"""An order as its facts tell it: lines with promised and expected dates, why they differ, and the value so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from contracts import materials, orders, service_desk
from contracts.shapes import LineDate, ValueAdded
from contracts.values import CostVector, Money, total
from control_tower.domain.heard import Heard
from control_tower.domain.picture import LineRow, Picture
from control_tower.domain.state import state_of
from control_tower.domain.worth import Due, values_of

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
    taken_micro: int = 0
    given_up: bool = False
    charge: Money | None = None

    @property
    def kind(self) -> str:
        return self.placed.demand.kind

    @property
    def due_minor(self) -> int:
        """What is owed for it: of a line that was given up the share of what was taken of it, and its charge."""
        price, ordered = self.placed.price.minor, self.placed.demand.quantity.micro
        if self.given_up and ordered:
            price = price * min(self.taken_micro, ordered) // ordered
        return price + (0 if self.charge is None else self.charge.minor)


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
    asked: dict[str, str] = field(default_factory=dict)


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
    _cleared(order)


def _recovered(
    order: _Order, fact: orders.PromiseRecovered | materials.SupplyRecovered, at: datetime
) -> None:
    _dated(order, fact.lines, "")
    _cleared(order)


def _cleared(order: _Order) -> None:
    """Nothing is at fault any more, unless another line is still late."""
    if not any(line.reason for line in order.lines.values()):
        order.cause, order.supply_id = "", None


def _ended(order: _Order, fact: orders.LineFulfilled | orders.OrderLineShortClosed, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        line.done_at, line.held = at, ""


def _short(order: _Order, fact: orders.OrderLineShortClosed, at: datetime) -> None:
    _ended(order, fact, at)
    line = order.lines.get(fact.line_id)
    if line is not None:
        line.given_up = True


def _asked(
    order: _Order, fact: orders.AmendmentRequested | orders.CancellationRequested, at: datetime
) -> None:
    wanted = fact.wanted if isinstance(fact, orders.AmendmentRequested) else ()
    lines = [*(each.line_id for each in fact.lines), *(each.line_id for each in wanted)]
    if lines:
        order.asked[fact.change_id] = lines[0]


def _charged(order: _Order, fact: orders.ChangeCommitted, at: datetime) -> None:
    """A charge is owed for the first line that was asked about, by the customer and by us."""
    line = order.lines.get(order.asked.get(fact.change_id, ""))
    if line is not None and fact.charge is not None:
        line.charge = fact.charge if line.charge is None else line.charge + fact.charge
        _spent(order, line.kind, CostVector(fact.charge.minor, 0, 0, 0, fact.charge.currency))


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
        line.given_up = not fact.quantity


def _added(order: _Order, fact: orders.OrderLineAdded, at: datetime) -> None:
    order.lines[fact.line.demand.line_id] = _Line(fact.line, fact.line.promised_at)


def _completed(order: _Order, fact: orders.OrderCompleted, at: datetime) -> None:
    order.final, order.completed_at, order.closed = fact.value, at, True


def _revised(order: _Order, fact: orders.ValueRevised, at: datetime) -> None:
    order.final = fact.value


def _cancelled(order: _Order, fact: orders.OrderCancelled, at: datetime) -> None:
    order.closed = True
    for line in order.lines.values():
        line.given_up = True


def _delivered(
    order: _Order, fact: service_desk.HandOverCompleted | service_desk.VisitCompleted, at: datetime
) -> None:
    if isinstance(fact, service_desk.HandOverCompleted):
        taken = [(line.line_id, total(lot.quantity for lot in line.lots)) for line in fact.lines]
    else:
        taken = [(fact.line_id, fact.quantity)]
    for line_id, quantity in taken:
        if line_id in order.lines:
            order.lines[line_id].taken_micro += quantity.micro
    _spent(order, "good" if isinstance(fact, service_desk.HandOverCompleted) else "service", fact.cost)


def _spent(order: _Order, kind: str, cost: CostVector) -> None:
    """A cost in another currency than the order's counts when orders says what it is worth."""
    if cost.currency in {line.placed.price.currency for line in order.lines.values()}:
        had = order.costs.get(kind)
        order.costs[kind] = cost if had is None else had + cost


def _exchanged(order: _Order, fact: orders.CostExchanged, at: datetime) -> None:
    line = order.lines.get(fact.line_id)
    if line is not None:
        _spent(order, line.kind, fact.worth)


def _moved(order: _Order, fact: materials.StockMoved, at: datetime) -> None:
    """What a good has cost leaves with it; the hand-over adds only what the way to the client costs."""
    line = order.lines.get(fact.line_id or "")
    if line is not None and (fact.reason == "shipped" or fact.return_id is not None):
        _spent(order, line.kind, fact.cost if fact.return_id is None else -fact.cost)


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
    "OrderLineShortClosed": _short,
    "AmendmentRequested": _asked,
    "CancellationRequested": _asked,
    "ChangeCommitted": _charged,
    "OrderLineAmended": _amended,
    "OrderLineAdded": _added,
    "OrderCompleted": _completed,
    "ValueRevised": _revised,
    "CostExchanged": _exchanged,
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
    dues = [Due(line.kind, line.due_minor, line.placed.price.currency) for line in order.lines.values()]
    values = values_of(order_id, order.placed_at, dues, order.costs, order.final)
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
    return Picture("order", order_id, state, since, order.placed.customer_id, detail, lines, values)


def _row(order_id: str, line_id: str, line: _Line, closed: bool) -> LineRow:
    demand = line.placed.demand
    is_open = not closed and line.done_at is None
    # Of what was given up nothing came, and nothing is expected.
    expected = None if line.given_up and not line.taken_micro else line.done_at or line.expected_at
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
