"""A purchase order: placed, agreed to by a second person, answered, shipped, received, ended; line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backbone.errors import NotFound
from contracts.shapes import ItemPart, VendorKind
from contracts.vendors import (
    AcknowledgementOverdue,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
)
from vendors.domain.answer import Answer, LineAnswer, answer_of, within
from vendors.domain.calendar import reachable
from vendors.domain.line import Line, Tolerances, line_of
from vendors.domain.policy import Policy
from vendors.domain.price import Rates
from vendors.domain.rfq import SecondPersonNeeded
from vendors.domain.sourcing import Source, Sourcing
from vendors.domain.states import PURCHASE_LINE, WrongState

Fact = object


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """What a vendor is asked to supply; `requested` until a second person agrees where one is needed.

    With a `run_id` it is the work of that run, on what is `provided`.
    """

    purchase_order_id: str
    vendor_id: str
    vendor_kind: VendorKind
    supplying_site_id: str | None
    lines: tuple[Line, ...]
    tolerances: Tolerances
    requested_by: str
    requested_at: datetime
    approved_by: str | None = None
    terms_id: str | None = None
    quotation_id: str | None = None
    issued_at: datetime | None = None
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    overdue: bool = False
    was_refused: bool = False
    ended_because: str | None = None
    correlation_id: str | None = None
    version: int = 1
    run_id: str | None = None
    provided: tuple[ItemPart, ...] = ()

    @classmethod
    def placed(
        cls,
        sourcing: Sourcing,
        source: Source,
        *,
        purchase_order_id: str,
        purchase_line_id: str,
        policy: Policy,
        rates: Rates,
        by: str,
        approved_by: str | None,
        at: datetime,
    ) -> tuple[PurchaseOrder, list[Fact]]:
        """An order for what a planned order needs; issued at once unless it is worth a second person's look."""
        tolerances = Tolerances.of(policy)
        order = cls(
            purchase_order_id,
            source.vendor.vendor_id,
            source.vendor.kind,
            source.vendor.site_id,
            (line_of(purchase_line_id, sourcing, source),),
            tolerances if sourcing.run_id is None else tolerances.of_work(),
            by,
            at,
            approved_by,
            source.terms_id,
            source.quotation_id,
            correlation_id=sourcing.correlation_id,
            run_id=sourcing.run_id,
            provided=sourcing.provided,
        )
        value = rates.worth(source.unit_price, source.quantity)
        if approved_by is None and policy.needs_second(value):
            return order, []
        return order._issued(policy.answer_within, at)

    def approved(self, by: str, answer_within: timedelta, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """A second person agrees; raises `SecondPersonNeeded` and `WrongState`."""
        if by == self.requested_by:
            raise SecondPersonNeeded(f"{by} requested this order; somebody else agrees to it")
        if not all(line.state == "requested" for line in self.lines):
            raise WrongState(f"purchase order {self.purchase_order_id} waits for nobody's approval")
        return replace(self, approved_by=by)._issued(answer_within, at)

    def _issued(self, answer_within: timedelta, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        order = self.each(lambda line: line.to("ordered"))
        answer_by = at + answer_within
        told = PurchaseOrderIssued(
            order.purchase_order_id,
            order.vendor_id,
            order.vendor_kind,
            order.supplying_site_id,
            tuple(line.asked() for line in order.lines),
            answer_by,
            order.run_id,
            order.provided,
        )
        return replace(order, issued_at=at, answer_by=answer_by), [told]

    @property
    def awaits_approval(self) -> bool:
        """Whether a second person has to agree before the vendor hears of it."""
        return any(line.state == "requested" for line in self.lines)

    @property
    def closed(self) -> bool:
        """Whether nothing more is expected of any line."""
        return all(line.ended for line in self.lines)

    @property
    def may_be_refused(self) -> bool:
        """Whether the vendor heard of it and nothing of it is on its way or here."""
        open_lines = [line for line in self.lines if not line.ended]
        return bool(open_lines) and all(
            line.state != "requested" and "cancelled" in PURCHASE_LINE[line.state] for line in open_lines
        )

    @property
    def planned_order_ids(self) -> tuple[str, ...]:
        """The planned orders that it supplies."""
        return tuple(line.planned_order_id for line in self.lines)

    def acknowledged(self, said: Sequence[LineAnswer], at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """The vendor answers: the named lines, or all as asked. A price beyond tolerance waits for a buyer.

        The same promise again is no news. Raises `NotFound`, `AnswerIsImpossible`, `WrongState`.
        """
        if self.closed:
            raise WrongState(f"purchase order {self.purchase_order_id} is ended; nothing is left to promise")
        answers = said or [LineAnswer(line.purchase_line_id) for line in self.lines if not line.ended]
        order, promised = self, []
        for each in answers:
            line = order.line(each.purchase_line_id)
            answer = answer_of(
                each, quantity=line.quantity, unit_price=line.unit_price, wanted_at=line.wanted_at, now=at
            )
            heard = self._heard(line, answer)
            order = order.put(heard)
            if heard.answer is not None and not heard.answer.same_promise(line.answer):
                promised.append(heard)
        order = replace(order, answered_at=order.answered_at or at)
        if not promised:
            return order, []
        return order, [self._acknowledged(promised)]

    def _acknowledged(self, promised: Sequence[Line]) -> OrderAcknowledged:
        lines = tuple(line.acknowledged() for line in promised)
        return OrderAcknowledged(self.purchase_order_id, self.vendor_id, lines, self.run_id)

    def _heard(self, line: Line, answer: Answer) -> Line:
        if line.state in {"ordered", "quoted", "acknowledged"}:
            internal = self.vendor_kind == "internal"
            if not internal and not within(line.unit_price, answer.unit_price, self.tolerances.price_points):
                return line.dearer(answer)
        elif line.answer is not None and answer.unit_price != line.agreed_price:
            raise WrongState(
                f"purchase line {line.purchase_line_id} is {line.state}: its price is agreed and stays"
            )
        return line.promised(answer)

    def planned_inside(self, said: LineAnswer, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """A site of ours answers with its plan: more than asked is as asked, and after the end it is no news."""
        line = self.line(said.purchase_line_id)
        if line.ended:
            return self, []
        planned = line.quantity if said.quantity is None else min(said.quantity, line.quantity)
        return self.acknowledged([replace(said, quantity=planned)], at)

    def price_taken(self, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """A buyer takes the dearer prices; raises `WrongState` when none waits."""
        waiting = [line for line in self.lines if line.state == "quoted" and line.offered is not None]
        if not waiting:
            raise WrongState(f"no price of purchase order {self.purchase_order_id} waits for a buyer")
        order = self
        for line in waiting:
            assert line.offered is not None
            order = order.put(line.promised(line.offered))
        return order, [self._acknowledged([order.line(line.purchase_line_id) for line in waiting])]

    def price_declined(self, reason: str) -> tuple[PurchaseOrder, list[Fact]]:
        """A buyer does not pay the dearer price: an earlier promise stays in force, without one the order ends."""
        waiting = [line for line in self.lines if line.state == "quoted"]
        if not waiting:
            raise WrongState(f"no price of purchase order {self.purchase_order_id} waits for a buyer")
        if all(line.answer is not None for line in waiting):
            kept = (replace(line.to("acknowledged"), offered=None) for line in waiting)
            order = self
            for line in kept:
                order = order.put(line)
            return order, []
        return self.cancelled(reason)

    def refused(self, reason: str, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """The vendor will not supply; raises `WrongState` once goods are on their way."""
        if self.awaits_approval:
            raise WrongState(f"purchase order {self.purchase_order_id} was not issued yet")
        if self.closed:
            raise WrongState(f"purchase order {self.purchase_order_id} is ended; nothing is left to refuse")
        order = self.each(lambda line: line if line.ended else line.to("cancelled"))
        order = replace(order, answered_at=self.answered_at or at, was_refused=True, ended_because=reason)
        told = PurchaseOrderRefused(
            self.purchase_order_id, self.vendor_id, self.planned_order_ids, reason, self.run_id
        )
        return order, [told, order.end_told()]

    def cancelled(self, reason: str) -> tuple[PurchaseOrder, list[Fact]]:
        """We do not want it any more; told to others only if the vendor had heard of it. Raises `WrongState`."""
        if self.closed:
            raise WrongState(f"purchase order {self.purchase_order_id} is ended; nothing is left to cancel")
        order = replace(
            self.each(lambda line: line if line.ended else line.to("cancelled")), ended_because=reason
        )
        return order, self._ended(order, reason) if self.issued_at is not None else []

    def short_closed(self, reason: str) -> tuple[PurchaseOrder, list[Fact]]:
        """The rest is not wanted: lines with a balance are closed. Raises `WrongState`."""
        if self.closed:
            raise WrongState(f"purchase order {self.purchase_order_id} is ended; nothing is left to close")
        order = replace(
            self.each(lambda line: line if line.ended else line.to("closed")), ended_because=reason
        )
        return order, self._ended(order, reason)

    def _ended(self, order: PurchaseOrder, reason: str) -> list[Fact]:
        planned = tuple(line.planned_order_id for line in self.lines if not line.ended)
        told = PurchaseOrderCancelled(
            self.purchase_order_id,
            self.vendor_id,
            self.vendor_kind,
            planned,
            reason,
            run_id=self.run_id,
        )
        return [told, order.end_told()]

    def unanswered(self, at: datetime) -> tuple[PurchaseOrder, list[Fact]]:
        """The time to answer is up; told once, and only while nothing was answered. A late answer is still taken."""
        if self.answered_at is not None or self.overdue or self.answer_by is None or at < self.answer_by:
            return self, []
        if self.closed:
            return self, []
        told = AcknowledgementOverdue(
            self.purchase_order_id, self.vendor_id, self.planned_order_ids, self.run_id
        )
        return replace(self, overdue=True), [told]

    def redated(self, purchase_line_id: str, wanted_at: datetime, at: datetime) -> PurchaseOrder:
        """We ask for another date: the vendor's next answer is what its score is held to."""
        reachable(wanted_at, at)
        line = self.line(purchase_line_id)
        if not line.live or line.state == "requested":
            raise WrongState(f"purchase line {purchase_line_id} is {line.state}; nobody would move its date")
        return self.put(replace(line, wanted_at=wanted_at, redating=True))

    def end_told(self) -> PurchaseOrderClosed:
        """The fact that nothing more is expected."""
        return PurchaseOrderClosed(self.purchase_order_id, self.vendor_id)

    def line(self, purchase_line_id: str) -> Line:
        """One line; raises `NotFound`."""
        for line in self.lines:
            if line.purchase_line_id == purchase_line_id:
                return line
        raise NotFound(f"purchase order {self.purchase_order_id} has no line {purchase_line_id}")

    def put(self, changed: Line) -> PurchaseOrder:
        """The order with one line changed."""
        return self.each(lambda line: changed if line.purchase_line_id == changed.purchase_line_id else line)

    def each(self, change: Callable[[Line], Line]) -> PurchaseOrder:
        """The order with every line changed."""
        return replace(self, lines=tuple(change(line) for line in self.lines))
