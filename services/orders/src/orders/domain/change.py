"""A change that a customer asks for after the promise: less of a line, none of it, or no order at all.

Materials and the service desk both answer; what both keep possible the customer commits or withdraws. Silence refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from backbone.errors import Refusal
from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    OrderCancelled,
    OrderLineAmended,
)
from contracts.shapes import LineQuantity
from contracts.values import ZERO, Quantity
from orders.domain.line import Line
from orders.domain.order import Fact, Order
from orders.domain.states import CHANGE, WrongState, moved

CHANGE_HOLD: Final = timedelta(days=1)
ANSWER_WITHIN: Final = timedelta(hours=1)

Owner = Literal["materials", "service-desk"]
OWNERS: Final[tuple[Owner, ...]] = ("materials", "service-desk")
Told = tuple[Order, "Change", list[Fact]]


class NothingToChange(Refusal):
    """A change names each open line once, with less than is ordered and not less than was delivered."""


@dataclass(frozen=True, slots=True)
class OwnerAnswer:
    """What one owner said; without a reason it is possible."""

    owner: Owner
    refused: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked to change of an order, who has answered, and how it ended."""

    change_id: str
    order_id: str
    kind: Literal["amendment", "cancellation"]
    state: str
    lines: tuple[LineQuantity, ...]
    reason: str
    asked_at: datetime
    hold_until_at: datetime
    answers: tuple[OwnerAnswer, ...] = ()

    def to(self, state: str, because: str | None = None) -> Change:
        """The change in another state; raises `WrongState`."""
        state = moved(CHANGE, f"change {self.change_id}", self.state, state)
        return replace(self, state=state, reason=self.reason if because is None else because)

    @property
    def silent(self) -> tuple[Owner, ...]:
        """Who has not answered."""
        heard = {answer.owner for answer in self.answers}
        return tuple(owner for owner in OWNERS if owner not in heard)


def amendment(order: Order, lines: tuple[LineQuantity, ...], change_id: str, at: datetime) -> Told:
    """Ask whether these lines may be less. Raises `NothingToChange`, `NotFound`, `WrongState`."""
    named = {line.line_id: line.quantity for line in lines}
    if not lines or len(named) < len(lines):
        raise NothingToChange("name each line once, and one at least")
    for line_id, quantity in named.items():
        _must_be_less(order.line(line_id), quantity)
    left = [line for line in order.lines if named.get(line.line_id, line.demand.quantity) > ZERO]
    if not left:
        raise NothingToChange("nothing would be left of the order; ask for its cancellation")
    return _asked(order, "amendment", lines, "", change_id, at)


def _must_be_less(line: Line, quantity: Quantity) -> None:
    ordered = line.demand.quantity
    if not ZERO <= quantity < ordered or quantity < line.fulfilled:
        raise NothingToChange(
            f"of line {line.line_id} {ordered} are ordered and {line.fulfilled} delivered; ask for less than the one,"
            " not less than the other"
        )
    if line.demand.kind == "service" and quantity > ZERO:
        raise NothingToChange(f"line {line.line_id} is a service: it is dropped, or its visit is moved")


def cancellation(order: Order, reason: str, change_id: str, at: datetime) -> Told:
    """Ask whether an order of which nothing was delivered may end. Raises `NothingToChange`, `WrongState`."""
    if any(line.fulfilled > ZERO for line in order.lines):
        raise NothingToChange("something was delivered already; ask for an amendment of what is open")
    lines = tuple(LineQuantity(line.line_id, ZERO) for line in order.lines if not line.ended)
    return _asked(order, "cancellation", lines, reason, change_id, at)


def _asked(
    order: Order,
    kind: Literal["amendment", "cancellation"],
    lines: tuple[LineQuantity, ...],
    reason: str,
    change_id: str,
    at: datetime,
) -> Told:
    if order.state != "open":
        raise WrongState(f"order {order.order_id} is {order.state}; nothing of it can be changed")
    waits = "amend-pending" if kind == "amendment" else "cancel-pending"
    for each in lines:
        order = order.with_line(order.line(each.line_id).to(waits))
    until = at + CHANGE_HOLD
    change = Change(change_id, order.order_id, kind, "asked", lines, reason, at, until)
    fact: Fact = AmendmentRequested(order.order_id, change_id, lines, until)
    if kind == "cancellation":
        fact = CancellationRequested(order.order_id, change_id, lines, reason, until)
    return order, change, [fact]


def answered(order: Order, change: Change, answer: OwnerAnswer) -> Told:
    """An owner has answered: a late answer is kept and changes nothing, nor does one that comes again."""
    if answer.owner not in change.silent:
        return order, change, []
    change = replace(change, answers=(*change.answers, answer))
    if change.state != "asked":
        return order, change, []
    if answer.refused is not None:
        return _ended(order, change, "refused", f"{answer.owner}: {answer.refused}")
    return order, change if change.silent else change.to("offered"), []


def unanswered(order: Order, change: Change) -> Told:
    """The time for answers is over: what is still asked is refused, and says that nobody answered."""
    if change.state != "asked":
        return order, change, []
    return _ended(order, change, "refused", f"nobody answered: {', '.join(change.silent)}")


def expired(order: Order, change: Change) -> Told:
    """The hold has ended before the customer said anything."""
    if change.state != "offered":
        return order, change, []
    return _ended(order, change, "withdrawn", "the hold ended without the customer's word")


def withdrawn(order: Order, change: Change) -> Told:
    """The customer leaves the order as it was. Raises `WrongState`."""
    return _ended(order, change, "withdrawn", "withdrawn by the customer")


def _ended(order: Order, change: Change, state: str, because: str) -> Told:
    change = change.to(state, because)
    order, facts = _going_on(order, change)
    return order, change, [ChangeWithdrawn(order.order_id, change.change_id, because), *facts]


def _going_on(order: Order, change: Change) -> tuple[Order, list[Fact]]:
    """The lines as they were; what was accepted meanwhile is fulfilled now."""
    for each in change.lines:
        order = order.with_line(order.line(each.line_id).to("promised"))
    return order.settled_lines({each.line_id for each in change.lines})


def committed(order: Order, change: Change) -> Told:
    """The customer takes it: the lines are less, or the order has ended. Raises `WrongState`."""
    done = change.to("committed")
    facts: list[Fact] = [ChangeCommitted(order.order_id, change.change_id)]
    if change.kind == "cancellation":
        order = replace(order.each(lambda line: line if line.ended else line.cancelled()), state="cancelled")
        return order, done, [*facts, OrderCancelled(order.order_id, order.promise_id, change.reason)]
    for each in change.lines:
        was = order.line(each.line_id)
        line = was.amended(each.quantity)
        order = order.with_line(line)
        facts.append(
            OrderLineAmended(
                order.order_id,
                change.change_id,
                line.line_id,
                was.demand.quantity,
                each.quantity,
                line.price,
            )
        )
    if not any(line.supply == "late" for line in order.lines):
        order = replace(order, late_because=None)
    order, more = order.settled_lines({each.line_id for each in change.lines})
    order, end = order.completed_if_settled()
    return order, done, [*facts, *more, *end]
