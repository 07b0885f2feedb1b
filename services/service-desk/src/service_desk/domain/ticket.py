"""A ticket: a question, a complaint or a call that has to be answered in time, with its two SLA clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from contracts.service_desk import SlaBreached, TicketOpened, TicketResolved
from contracts.sla import SlaPaused, SlaResumed
from contracts.values import Money
from service_desk.domain.credit import NothingProposed, Proposal, SecondPersonNeeded
from service_desk.domain.form import number
from service_desk.domain.sla import PRIORITIES_COUNT, Agreement, Clock
from service_desk.domain.states import TICKET, WrongState, moved

Fact = object
TicketKind = Literal["question", "complaint", "call"]

CALL_PRIORITY: Final = 2


@dataclass(frozen=True, slots=True)
class Ticket:
    """Somebody waits for the desk; `subject` stays here, it is told to nobody."""

    ticket_id: str
    order_id: str | None
    visit_id: str | None
    customer_id: str
    need_id: str | None
    kind: TicketKind
    priority: int
    subject: str
    opened_at: datetime
    state: str
    first_response: Clock
    resolution: Clock
    how: str | None = None
    credit: Money | None = None
    proposal: Proposal | None = None
    escalated: bool = False
    version: int = 0

    @property
    def root(self) -> str:
        """The first ask that led to it: a need, or the ticket itself."""
        return self.need_id or self.ticket_id

    @property
    def clocks(self) -> Iterator[Clock]:
        """Both clocks."""
        yield self.first_response
        yield self.resolution

    def told(self) -> TicketOpened:
        """The fact of its opening."""
        return TicketOpened(self.ticket_id, self.order_id, self.customer_id, self.kind, self.priority)

    def _to(self, state: str) -> Ticket:
        return replace(self, state=moved(TICKET, f"ticket {self.ticket_id}", self.state, state))

    def answered(self, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        """The desk has spoken to the client: the first response is given, the work goes on."""
        ticket, facts = self.checked_at(agreement, now)
        if ticket.state == "open":
            ticket = ticket._to("in-progress")
        return replace(ticket, first_response=ticket.first_response.stopped(agreement.hours, now)), facts

    def waiting(self, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        """It is the client's turn: resolution pauses, first response never does."""
        ticket, facts = self.checked_at(agreement, now)
        if ticket.state == "waiting-client":
            return self, []
        stopped = ticket.resolution.stopped(agreement.hours, now)
        paused = SlaPaused(self.ticket_id, "resolution")
        return replace(ticket._to("waiting-client"), resolution=stopped), [*facts, paused]

    def resumed(self, now: datetime) -> tuple[Ticket, list[Fact]]:
        """The client has spoken: it is the desk's turn again. A ticket that did not wait stays as it is."""
        if self.state != "waiting-client":
            return self, []
        return self._at_work(now)

    def _at_work(self, now: datetime) -> tuple[Ticket, list[Fact]]:
        ticket = replace(self._to("in-progress"), resolution=self.resolution.started(now))
        return ticket, [SlaResumed(self.ticket_id, "resolution")]

    def prioritised(self, priority: int, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        """New targets on the time already used; what is over by them is broken at once."""
        number(priority, "/priority", 1, PRIORITIES_COUNT)
        if self.state == "resolved":
            raise WrongState(f"ticket {self.ticket_id} is resolved")
        ticket, facts = self.checked_at(agreement, now)
        ticket, more = replace(ticket, priority=priority)._retargeted(agreement, agreement, now)
        return ticket, facts + more

    def agreed_anew(self, was: Agreement, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        """Other hours and targets are agreed: they count from now on, on the time used by those that were."""
        ticket, facts = self.checked_at(was, now)
        ticket, more = ticket._retargeted(was, agreement, now)
        return ticket, facts + more

    def _retargeted(self, was: Agreement, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        first, solved = (
            clock.retargeted(was.hours, agreement.target(clock.name, self.priority), now)
            for clock in self.clocks
        )
        return replace(self, first_response=first, resolution=solved).checked_at(agreement, now)

    def proposed(self, proposal: Proposal) -> Ticket:
        """A credit waits for a second person, in place of one that did before; the clocks run on."""
        if self.state == "resolved":
            raise WrongState(f"ticket {self.ticket_id} is resolved already")
        return replace(self, proposal=proposal)

    def decided(self, by: str) -> tuple[Ticket, Proposal]:
        """Nothing waits any more, and what a second person decides on; raises what keeps them from it."""
        if self.proposal is None:
            raise NothingProposed(f"no credit of ticket {self.ticket_id} waits for a second person")
        if self.proposal.by == by:
            raise SecondPersonNeeded(f"{by} proposed this credit; somebody else decides on it")
        return replace(self, proposal=None), self.proposal

    def resolved(
        self, how: str, credit: Money | None, agreement: Agreement, now: datetime
    ) -> tuple[Ticket, list[Fact]]:
        """It has its answer; both clocks stand. Raises `WrongState`."""
        if self.state == "resolved":
            raise WrongState(f"ticket {self.ticket_id} is resolved already")
        ticket, facts = self.checked_at(agreement, now)
        first, solved = (clock.stopped(agreement.hours, now) for clock in ticket.clocks)
        ticket = replace(
            ticket._to("resolved"), first_response=first, resolution=solved, how=how, credit=credit,
            proposal=None,
        )  # fmt: skip
        return ticket, [*facts, TicketResolved(self.ticket_id, how, credit, self.order_id)]

    def reopened(self, now: datetime) -> tuple[Ticket, list[Fact]]:
        """It was no answer: resolution goes on with what it had used."""
        if self.state != "resolved":
            raise WrongState(f"ticket {self.ticket_id} is {self.state}; only a resolved one is reopened")
        return self._at_work(now)

    def checked_at(self, agreement: Agreement, now: datetime) -> tuple[Ticket, list[Fact]]:
        """Clocks whose time is over are broken, told once, and escalate the ticket."""
        facts: list[Fact] = []
        clocks: list[Clock] = []
        for clock in self.clocks:
            clock, told = clock.breaks(agreement.hours, self.ticket_id, now)
            clocks.append(clock)
            facts += [told] if isinstance(told, SlaBreached) else []
        first, solved = clocks
        broken = first.broken or solved.broken
        return replace(self, first_response=first, resolution=solved, escalated=broken), facts


def opened(
    *,
    ticket_id: str,
    order_id: str | None,
    visit_id: str | None,
    customer_id: str,
    need_id: str | None,
    kind: TicketKind,
    priority: int,
    subject: str,
    agreement: Agreement,
    now: datetime,
) -> Ticket:
    """A ticket as it is opened; both clocks run from `now` on."""
    number(priority, "/priority", 1, PRIORITIES_COUNT)
    first = Clock("first-response", agreement.target("first-response", priority)).started(now)
    solved = Clock("resolution", agreement.target("resolution", priority)).started(now)
    return Ticket(
        ticket_id,
        order_id,
        visit_id,
        customer_id,
        need_id,
        kind,
        priority,
        subject,
        now,
        "open",
        first,
        solved,
    )
