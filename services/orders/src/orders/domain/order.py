"""An order: its lines on their own axes (lifecycle, supply, fulfilment), from placed to completed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from backbone.errors import NotFound, Refusal
from contracts.orders import (
    LineFulfilled,
    NewDateAccepted,
    OrderCompleted,
    OrderLine,
    OrderLineHeld,
    OrderLineResumed,
    OrderPlaced,
    OrderPromised,
    PromiseAtRisk,
    PromiseRecovered,
)
from contracts.shapes import DateStep, DeliveryPolicy, LineDate, Recovery, ValueAdded
from contracts.values import ZERO, CostVector, Money, Quantity
from orders.domain.line import Line
from orders.domain.promise import ACCEPTED_LATE, Promise
from orders.domain.quote import Quote
from orders.domain.states import LIFECYCLE, moved
from orders.domain.value import added, nothing_spent

Fact = object


class NothingToAccept(Refusal):
    """No line of the order has a later date that waits for the customer's word."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What the customer gets back by the answer to a ticket, or for what came back."""

    ticket_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Return:
    """So much of a line may come back; how much has, and what was credited for it."""

    return_id: str
    line_id: str
    quantity: Quantity
    received: Quantity = ZERO
    credit_minor: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer ordered, and how far it is."""

    order_id: str
    need_id: str
    quote_id: str
    promise_id: str
    customer_id: str
    contact_id: str
    address_id: str
    priority: int
    delivery_policy: DeliveryPolicy
    state: Literal["open", "completed", "cancelled"]
    lines: tuple[Line, ...]
    placed_at: datetime
    planned: bool = False
    booked: frozenset[str] = frozenset()
    late_because: str | None = None
    credits: tuple[Credit, ...] = ()
    returns: tuple[Return, ...] = ()
    version: int = 1

    @classmethod
    def placed(
        cls, quote: Quote, promise: Promise, *, order_id: str, contact_id: str, at: datetime
    ) -> tuple[Order, OrderPlaced]:
        """The order that follows from an accepted quote; it names its promise and adds nothing to it."""
        slots = {slot.line_id: slot.slot_id for slot in promise.slots}
        lines = tuple(
            Line.ordered(line.demand, line.price, moment, slots.get(line.demand.line_id))
            for line, moment in zip(quote.lines, quote.dates, strict=True)
        )
        order = cls(
            order_id, quote.need_id, quote.quote_id, quote.promise_id, quote.customer_id, contact_id,
            promise.address_id, promise.priority, promise.delivery_policy, "open", lines, at,
        )  # fmt: skip
        return order, order._told()

    def _told(self) -> OrderPlaced:
        lines = tuple(
            OrderLine(each.demand, each.price, each.promised_at, each.slot_id) for each in self.lines
        )
        return OrderPlaced(
            self.order_id, self.need_id, self.quote_id, self.promise_id, self.customer_id, self.contact_id,
            self.address_id, self.priority, self.delivery_policy, lines,
        )  # fmt: skip

    def planned_for(self, steps: Sequence[DateStep]) -> tuple[Order, list[Fact]]:
        """Materials has planned the lines; a date behind the promise is a risk that is told at once."""
        ready = {
            line_id: max(s.at for s in steps if s.line_id == line_id)
            for line_id in {s.line_id for s in steps}
        }
        lines = tuple(
            line
            if line.line_id not in ready
            else line.supplied("planned", None)
            if line.supply in {"unplanned", "planned"}
            else line
            for line in self.lines
        )
        order = replace(self, lines=lines, planned=True)
        behind = tuple(
            LineDate(line.line_id, line.promised_at, ready[line.line_id])
            for line in order.lines
            if line.demand.kind == "good" and line.line_id in ready and ready[line.line_id] > line.promised_at
        )
        order, promised = order._promised_if_joined()
        if not behind:
            return order, promised
        order, risk = order.endangered(ACCEPTED_LATE, None, behind)
        return order, [*promised, *risk]

    def visit_booked(self, line_id: str, starts_at: datetime) -> tuple[Order, list[Fact]]:
        """The service desk has people for a line; who come after the work was to be done are a risk that is told."""
        waits = [line for line in self.lines if line.line_id == line_id and line.lifecycle == "requested"]
        order, promised = replace(self, booked=self.booked | {line_id})._promised_if_joined()
        behind = [LineDate(line_id, line.promised_at, starts_at) for line in waits]
        order, risk = order.endangered(ACCEPTED_LATE, None, behind)
        return order, [*promised, *risk]

    def _promised_if_joined(self) -> tuple[Order, list[Fact]]:
        services = {line.line_id for line in self.lines if line.demand.kind == "service"}
        waiting = [line for line in self.lines if line.lifecycle == "requested"]
        if not waiting or not self.planned or not services <= self.booked:
            return self, []
        order = self.each(
            lambda line: (
                replace(line, lifecycle=moved(LIFECYCLE, line.line_id, line.lifecycle, "promised"))
                if line.lifecycle == "requested"
                else line
            )
        )
        dates = tuple(DateStep(line.line_id, line.demand.quantity, line.promised_at) for line in order.lines)
        # What the client had accepted before has waited for the promise.
        order, closed = order.settled_lines({line.line_id for line in order.lines})
        order, end = order.completed_if_settled()
        return order, [OrderPromised(order.order_id, order.customer_id, dates), *closed, *end]

    def endangered(
        self, cause: str, supply_id: str | None, dates: Sequence[LineDate]
    ) -> tuple[Order, list[Fact]]:
        """A supply is late: lines whose new date lies behind the promise are late and the customer is told."""
        open_lines = {line.line_id: line for line in self.lines if not line.ended}
        hurt = {
            date.line_id: date
            for date in dates
            if date.line_id in open_lines
            and (date.at is None or date.at > open_lines[date.line_id].promised_at)
        }
        news = {
            line_id: date
            for line_id, date in hurt.items()
            if open_lines[line_id].supply != "late" or open_lines[line_id].late_at != date.at
        }
        if not news:
            return self, []
        order = self.each(
            lambda line: line.supplied("late", news[line.line_id].at) if line.line_id in news else line
        )
        told = tuple(LineDate(d.line_id, open_lines[d.line_id].promised_at, d.at) for d in news.values())
        order = replace(order, late_because=cause)
        return order, [PromiseAtRisk(self.order_id, self.customer_id, cause, supply_id, told)]

    def recovered(
        self, dates: Sequence[LineDate], how: Recovery = "back in time"
    ) -> tuple[Order, list[Fact]]:
        """Late lines are covered in time again; the promise recovers when no line is late any more."""
        back = {date.line_id for date in dates}
        if not any(line.supply == "late" and line.line_id in back for line in self.lines):
            return self, []
        order = self.each(lambda line: line.supplied("planned", None) if line.line_id in back else line)
        if any(line.supply == "late" for line in order.lines):
            return order, []
        told = tuple(
            LineDate(line.line_id, line.promised_at, line.promised_at)
            for line in order.lines
            if line.line_id in back
        )
        order = replace(order, late_because=None)
        return order, [PromiseRecovered(self.order_id, self.customer_id, how, told)]

    def new_dates_accepted(self) -> tuple[Order, list[Fact]]:
        """The customer takes the later dates: they are the promise now. Raises `NothingToAccept`."""
        later = [line for line in self.lines if line.supply == "late" and line.late_at is not None]
        late = {line.line_id: line for line in later if not line.pending}
        if not late:
            why = (
                "a change of what is late is decided first" if later else "no later date waits for an answer"
            )
            raise NothingToAccept(why)
        dates = tuple(LineDate(line.line_id, line.promised_at, line.late_at) for line in late.values())
        order = self.each(
            lambda line: (
                replace(line.supplied("planned", None), promised_at=line.late_at or line.promised_at)
                if line.line_id in late
                else line
            )
        )
        taken = NewDateAccepted(self.order_id, dates)
        if any(line.supply == "late" for line in order.lines):
            # Of another line nobody knows the date yet, or a change of it waits: the promise is at risk still.
            return order, [taken]
        back = PromiseRecovered(self.order_id, self.customer_id, "new date accepted", dates)
        return replace(order, late_because=None), [taken, back]

    def settled_lines(self, line_ids: Collection[str]) -> tuple[Order, list[Fact]]:
        """Lines of which all was accepted are fulfilled, but for those that a promise or a change keeps waiting."""
        order, facts = self, list[Fact]()
        for line in self.lines:
            waits = line.ended or line.pending or line.lifecycle == "requested"
            if line.line_id in line_ids and line.fulfilment == "complete" and not waits:
                order = order.with_line(line.closed())
                facts.append(LineFulfilled(self.order_id, line.line_id, line.fulfilled))
        return order, facts

    def completed_if_settled(self) -> tuple[Order, list[Fact]]:
        """Completed, once every line has ended and every cost of it is known, and something was delivered."""
        delivered = any(line.fulfilled > ZERO for line in self.lines)
        if self.state != "open" or not delivered or not all(line.settled for line in self.lines):
            return self, []
        order = replace(self, state="completed")
        value = order.value
        return order, [OrderCompleted(self.order_id, self.need_id, self.customer_id, value)]

    @property
    def given_up(self) -> bool:
        """Whether every line has ended and nothing was delivered."""
        return all(line.given_up for line in self.lines)

    def resumed(self, line_ids: Sequence[str]) -> tuple[Order, list[Fact]]:
        """Lines that waited for a person go on; others are left as they are."""
        waiting = {line.line_id for line in self.lines if line.held is not None} & set(line_ids)
        order = self.each(lambda line: replace(line, held=None) if line.line_id in waiting else line)
        return order, [OrderLineResumed(self.order_id, line_id) for line_id in sorted(waiting)]

    def held(self, line_ids: Sequence[str], reason: str) -> tuple[Order, list[Fact]]:
        """Lines wait for a person."""
        known = {line.line_id for line in self.lines if not line.ended} & set(line_ids)
        order = self.each(lambda line: replace(line, held=reason) if line.line_id in known else line)
        return order, [OrderLineHeld(self.order_id, line_id, reason) for line_id in sorted(known)]

    @property
    def price(self) -> Money:
        """The price of all lines; of a line that was closed short, of what was delivered."""
        whole = Money(0, self.lines[0].price.currency)
        for line in self.lines:
            whole = whole + line.due
        return whole

    @property
    def value(self) -> ValueAdded:
        """What was added, of the price less what was credited."""
        owed = self.price
        for credit in self.credits:
            owed = owed - credit.amount
        return added(owed, self.cost)

    @property
    def cost(self) -> CostVector:
        """What all lines have cost so far."""
        whole = nothing_spent(self.lines[0].price.currency)
        for line in self.lines:
            whole = whole + line.cost
        return whole

    def line(self, line_id: str) -> Line:
        """One line; raises `NotFound`."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise NotFound(f"order {self.order_id} has no line {line_id}")

    def with_line(self, changed: Line) -> Order:
        """The order with a line as it is now."""
        return self.each(lambda line: changed if line.line_id == changed.line_id else line)

    def each(self, change: Callable[[Line], Line]) -> Order:
        """The order with every line changed."""
        return replace(self, lines=tuple(change(line) for line in self.lines))
