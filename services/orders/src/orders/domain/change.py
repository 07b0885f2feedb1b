"""A change that a customer asks for after the promise: other quantities, moments and lines, or no order at all.

Materials and the service desk both answer; what both keep possible the customer commits or withdraws. Silence refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    NewDateAccepted,
    OrderCancelled,
    OrderLine,
    OrderLineAdded,
    OrderLineAmended,
)
from contracts.shapes import DateStep, LineDate, LineQuantity
from contracts.values import ZERO, Money
from orders.domain.line import Line
from orders.domain.order import Fact, Order
from orders.domain.rates import Exchange, Rates
from orders.domain.recovery import recovered
from orders.domain.spending import revised
from orders.domain.states import CHANGE, WrongState, moved
from orders.domain.wish import NothingToChange, Wanted, Wish, checked

CHANGE_HOLD: Final = timedelta(days=1)
ANSWER_WITHIN: Final = timedelta(hours=1)
NOTHING_LEFT: Final = "nothing of it is wanted any more"

Owner = Literal["materials", "service-desk"]
OWNERS: Final[tuple[Owner, ...]] = ("materials", "service-desk")
Told = tuple[Order, "Change", list[Fact]]


@dataclass(frozen=True, slots=True)
class OwnerAnswer:
    """What one owner said; without a reason it is possible, for a charge and with so many days' notice, if any."""

    owner: Owner
    refused: str | None
    charge: Money | None = None
    days: int = 0
    steps: tuple[DateStep, ...] = ()


def charge_of(answers: tuple[OwnerAnswer, ...]) -> Money | None:
    """What answers charge in all, in the currency of the order; None when nothing."""
    charges = [answer.charge for answer in answers if answer.charge is not None]
    return sum(charges[1:], start=charges[0]) if charges else None


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
    wanted: tuple[Wanted, ...] = ()

    @property
    def line_ids(self) -> tuple[str, ...]:
        """The lines of the order that wait for it."""
        moved = (each.demand.line_id for each in self.wanted if not each.new)
        return tuple(dict.fromkeys([*(line.line_id for line in self.lines), *moved]))

    @property
    def dates(self) -> dict[str, datetime]:
        """By when each line could be there that is wanted otherwise than less."""
        return {step.line_id: step.at for answer in self.answers for step in answer.steps}

    def to(self, state: str, because: str | None = None) -> Change:
        """The change in another state; raises `WrongState`."""
        state = moved(CHANGE, f"change {self.change_id}", self.state, state)
        return replace(self, state=state, reason=self.reason if because is None else because)

    @property
    def charge(self) -> Money | None:
        """What it costs the customer in all; None when it is free."""
        return charge_of(self.answers)

    @property
    def silent(self) -> tuple[Owner, ...]:
        """Who has not answered."""
        heard = {answer.owner for answer in self.answers}
        return tuple(owner for owner in OWNERS if owner not in heard)


def amendment(order: Order, wish: Wish, change_id: str, at: datetime) -> Told:
    """Ask whether lines may be less or more, come at another moment, or be added.

    Raises `NothingToChange`, `NotFound`, `WrongState`.
    """
    return _asked(order, "amendment", wish.lines, checked(order, wish, at), "", change_id, at)


def cancellation(order: Order, reason: str, change_id: str, at: datetime) -> Told:
    """Ask whether an order of which nothing was delivered may end. Raises `NothingToChange`, `WrongState`."""
    if any(line.fulfilled > ZERO for line in order.lines):
        raise NothingToChange("something was delivered already; ask for an amendment of what is open")
    lines = tuple(LineQuantity(line.line_id, ZERO) for line in order.lines if not line.ended)
    return _asked(order, "cancellation", lines, (), reason, change_id, at)


def _asked(
    order: Order,
    kind: Literal["amendment", "cancellation"],
    lines: tuple[LineQuantity, ...],
    wanted: tuple[Wanted, ...],
    reason: str,
    change_id: str,
    at: datetime,
) -> Told:
    if order.state != "open":
        raise WrongState(f"order {order.order_id} is {order.state}; nothing of it can be changed")
    waits = "amend-pending" if kind == "amendment" else "cancel-pending"
    until = at + CHANGE_HOLD
    change = Change(change_id, order.order_id, kind, "asked", lines, reason, at, until, wanted=wanted)
    for line_id in change.line_ids:
        order = order.with_line(order.line(line_id).to(waits))
    asked = tuple(each.asked() for each in wanted)
    fact: Fact = AmendmentRequested(order.order_id, change_id, lines, until, asked)
    if kind == "cancellation":
        fact = CancellationRequested(order.order_id, change_id, lines, reason, until)
    return order, change, [fact]


def answered(order: Order, change: Change, answer: OwnerAnswer, rates: Rates) -> Told:
    """An owner has answered: a late answer is kept and changes nothing, nor does one that comes again.

    A charge in another currency is said in the order's, at today's rate; without one it cannot be charged.
    """
    if answer.owner not in change.silent:
        return order, change, []
    refused, charge, into = answer.refused, answer.charge, order.price.currency
    if charge is not None and charge.currency != into:
        answer = replace(answer, charge=rates.charge(charge, into))
        if answer.charge is None:
            refused = Exchange(charge.currency, into, rates.today).missing
    change = replace(change, answers=(*change.answers, answer))
    if change.state != "asked":
        return order, change, []
    if refused is not None:
        return _ended(order, change, "refused", f"{answer.owner}: {refused}")
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
    """The lines as they were; what was accepted meanwhile is fulfilled now, and may have been the last of the order."""
    ended = {each.demand.line_id for each in change.wanted if each.fulfilled}
    for line_id in change.line_ids:
        order = order.with_line(order.line(line_id).to("fulfilled" if line_id in ended else "promised"))
    order, facts = order.settled_lines(set(change.line_ids))
    order, end = order.completed_if_settled()
    return order, facts + end


def committed(order: Order, change: Change) -> Told:
    """The customer takes it: the lines are less, or the order has ended. Raises `WrongState`, `NothingToChange`."""
    if order.state != "open":
        raise WrongState(f"order {order.order_id} is {order.state}; nothing of it can be changed")
    known = {line.line_id for line in order.lines}
    twice = next(
        (each.demand.line_id for each in change.wanted if each.new and each.demand.line_id in known), None
    )
    if twice is not None:
        # Another change that was asked for meanwhile has added it.
        raise NothingToChange(f"order {order.order_id} has a line {twice} already")
    done, charge = change.to("committed"), change.charge
    facts: list[Fact] = [ChangeCommitted(order.order_id, change.change_id, charge)]
    if charge is not None:
        order = order.with_line(order.line(change.line_ids[0]).charged(charge))
    if change.kind == "cancellation":
        order, ends = _cancelled(order, change)
        return order, done, facts + ends
    was = order
    order, told = _amended(order, change, at_cost=charge is not None)
    facts += told
    if order.given_up:
        # Each change left something of it, or what it left was given up meanwhile.
        order, ends = _cancelled(order, replace(change, reason=NOTHING_LEFT))
        return order, done, facts + ends
    dated = any(isinstance(fact, NewDateAccepted) for fact in told)
    order, back = recovered(was, order, "new date accepted" if dated else "back in time")
    facts += back
    order, more = order.settled_lines(set(change.line_ids))
    order, end = order.completed_if_settled()
    return order, done, [*facts, *more, *end]


def _cancelled(order: Order, change: Change) -> tuple[Order, list[Fact]]:
    """The order has ended, free or at the charge that its customer has taken."""
    at_cost = change.charge is not None
    order = replace(
        order.each(lambda line: line if line.ended else line.cancelled(at_cost=at_cost)), state="cancelled"
    )
    facts: list[Fact] = [OrderCancelled(order.order_id, order.promise_id, change.reason)]
    return order, [*facts, *revised(order, "its cancellation is charged")] if at_cost else facts


def _amended(order: Order, change: Change, *, at_cost: bool) -> tuple[Order, list[Fact]]:
    """Lines with other quantities and moments, and new ones, each as it was answered."""
    facts: list[Fact] = []
    quantities = {line.line_id: line.quantity for line in change.lines}
    moved: list[LineDate] = []
    for line_id in change.line_ids:
        was = order.line(line_id)
        line = was.amended(quantities.get(line_id, was.demand.quantity), at_cost=at_cost)
        at = change.dates.get(line_id)
        if at is not None and line.supply == "late":
            # The customer has taken another date than the one that it was late against.
            line = line.supplied("planned", None)
        if at is not None and at != was.promised_at:
            line = replace(line, promised_at=at)
            moved.append(LineDate(line_id, was.promised_at, at))
        order = order.with_line(line)
        if line_id in quantities:
            facts.append(
                OrderLineAmended(
                    order.order_id,
                    change.change_id,
                    line_id,
                    was.demand.quantity,
                    line.demand.quantity,
                    line.price,
                )
            )
    for each in change.wanted:
        if each.new:
            at = change.dates.get(each.demand.line_id, each.demand.wanted_at)
            line = Line.ordered(each.demand, each.price, at, None).to("promised").supplied("planned", None)
            order = replace(order, lines=(*order.lines, line))
            told = OrderLine(each.demand, each.price, at)
            facts.append(OrderLineAdded(order.order_id, change.change_id, told))
    return order, [*facts, *([NewDateAccepted(order.order_id, tuple(moved))] if moved else [])]
