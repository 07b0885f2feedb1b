"""The desk as a handler needs it, and what follows every change of a visit: deadlines and tickets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from backbone.errors import NotFound, VersionMoved
from backbone.service import Tx
from service_desk import store
from service_desk.domain.desk import Desk
from service_desk.domain.sla import Agreement
from service_desk.domain.slot import Diary
from service_desk.domain.ticket import CALL_PRIORITY, Ticket, opened
from service_desk.domain.visit import Fact, Visit
from service_desk.domain.visit_rules import STEPS_COUNT_MAX


def ids(tx: Tx) -> Iterator[str]:
    """Fresh ids, as many as are needed."""
    while True:
        yield tx.new_id()


async def desk_for(tx: Tx, service_ids: Iterable[str], sites: Iterable[str] = ()) -> Desk:
    """Services with all people of their sites, locked, and their diary; the first lock of a handler."""
    services = await store.load_services(tx, service_ids)
    crew = await store.lock_crew(tx, {*sites, *(service.site_id for service in services.values())})
    diary = await store.load_diary(tx, (each.technician_id for each in crew), tx.now)
    return Desk(services, crew, diary, (await store.load_agreement(tx)).hours, tx.now)


def bare_desk(tx: Tx, agreement: Agreement) -> Desk:
    """A desk for what frees people and looks for nobody."""
    return Desk({}, (), Diary(), agreement.hours, tx.now)


def covered(known: Iterable[str], visits: Iterable[Visit]) -> None:
    """Raise `VersionMoved` when visits came up after their services were looked for: the handler is repeated."""
    if {visit.service_id for visit in visits if visit.service_id is not None} - set(known):
        raise VersionMoved


def own(visits: Mapping[str, Visit], visit_id: str, party: str | None) -> Visit:
    """One of the locked visits; raises `NotFound` when it is not there or another customer's than `party`."""
    visit = visits.get(visit_id)
    if visit is None or (party is not None and visit.customer_id != party):
        raise NotFound(f"no visit {visit_id}")
    return visit


def tell(tx: Tx, because: object, visits: dict[str, Visit], after: Visit, facts: Sequence[Fact]) -> Visit:
    """Tell what happened to a visit, keep its deadlines right, and remember it as it is now."""
    tx.emit(*facts, because=because, correlation=after.need_id)
    watch(tx, visits.get(after.visit_id), after)
    visits[after.visit_id] = after
    return saved(after)


def watch(tx: Tx, before: Visit | None, after: Visit) -> None:
    """Remind the client of an offer until it is answered."""
    if after.state == "offered" and (before is None or before.offer_no != after.offer_no):
        remind(tx, after, 1)
    elif before is not None and before.state == "offered" and after.state != "offered":
        tx.not_due("visit-answer", after.visit_id)


def remind(tx: Tx, visit: Visit, step: int) -> None:
    """Set the moment of the next step while the client is silent."""
    if step <= STEPS_COUNT_MAX:
        at = tx.now + visit.step(tx.now)
        tx.due("visit-answer", visit.visit_id, at, offer_no=visit.offer_no, step=step)


def call(tx: Tx, because: object, visit: Visit, agreement: Agreement, subject: str) -> Ticket:
    """A ticket for a person who has to call the client."""
    ticket = opened(
        ticket_id=tx.new_id(),
        order_id=visit.order_id,
        visit_id=visit.visit_id,
        customer_id=visit.customer_id,
        need_id=visit.need_id,
        kind="call",
        priority=CALL_PRIORITY,
        subject=subject,
        agreement=agreement,
        now=tx.now,
    )
    tx.emit(ticket.told(), because=because, correlation=visit.need_id)
    time(tx, ticket, agreement)
    return ticket


def call_is_over(
    tx: Tx, because: object, visit: Visit, calls: dict[str, Ticket], agreement: Agreement, how: str
) -> None:
    """Nobody needs to call the client of this visit any more: what the locked `calls` have of it is resolved."""
    for ticket in list(calls.values()):
        if ticket.visit_id == visit.visit_id and ticket.state != "resolved":
            ticket, facts = ticket.resolved(how, None, agreement, tx.now)
            tx.emit(*facts, because=because, correlation=ticket.root)
            time(tx, ticket, agreement)
            calls[ticket.ticket_id] = ticket


def time(tx: Tx, ticket: Ticket, agreement: Agreement) -> None:
    """Set the moments at which a ticket's clocks break; a clock that stands or is broken has none."""
    for clock in ticket.clocks:
        at = clock.target_at(agreement.hours)
        if at is None or clock.broken:
            tx.not_due(f"sla-{clock.name}", ticket.ticket_id)
        else:
            tx.due(f"sla-{clock.name}", ticket.ticket_id, at)


def saved(visit: Visit) -> Visit:
    """A visit as it is after it was written."""
    return replace(visit, version=visit.version + 1)
