"""Plans and asks: nothing is pegged, bought or promised twice, and every ask has its answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts.materials import (
    HoldExpired,
    InternalSupplyPromised,
    InternalSupplyRefused,
    PromiseOffered,
    PromiseRefused,
    PurchaseRequested,
    RequirementsPlanned,
    ReservationReleased,
    RunRequested,
    TransferRequested,
)
from contracts.orders import OrderPlaced, PromiseAtRisk, PromiseRequested, PromiseWithdrawn, SlotsRequested
from contracts.outside import WorkRequested, WorkWithdrawn
from contracts.production import RunRefused, RunScheduled
from contracts.rfqs import RfqAwarded, RfqIssued
from contracts.service_desk import (
    SlotsOffered,
    SlotsRefused,
    VisitBooked,
    VisitCancelled,
    VisitMissed,
    VisitRescheduled,
)
from contracts.values import Quantity, total
from contracts.vendors import (
    AcknowledgementOverdue,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
    PurchaseRefused,
)
from o2d.verify.finding import Finding
from o2d.verify.log import Log


def lines_are_pegged_once(log: Log) -> Finding:
    """In the last plan of an order, no more is pegged to a line of goods than was ordered."""
    finding = Finding()
    ordered = {
        (placed.order_id, line.demand.line_id): line.demand.quantity
        for placed in log.of(OrderPlaced)
        for line in placed.lines
        if line.demand.kind == "good"
    }
    plans = {plan.order_id: plan for plan in log.of(RequirementsPlanned)}
    for plan in plans.values():
        pegged: dict[str, Quantity] = defaultdict(lambda: Quantity(0))
        for peg in plan.pegs:
            pegged[peg.line_id] += peg.quantity
        for line_id, quantity in pegged.items():
            wanted = ordered.get((plan.order_id, line_id))
            if wanted is not None and not finding.that(quantity <= wanted):
                finding.say(f"order {plan.order_id}, line {line_id}: {quantity} pegged, {wanted} ordered")
    return finding


def supplies_serve_once(log: Log) -> Finding:
    """What a supply serves is not more than what it was asked for."""
    finding = Finding()
    for _, fact in log.among(RunRequested, PurchaseRequested, TransferRequested):
        comes = (
            total(part.quantity for part in fact.outputs) if isinstance(fact, RunRequested) else fact.quantity
        )
        serves = total(share.quantity for share in fact.serves)
        if not finding.that(serves <= comes):
            finding.say(f"planned order {fact.planned_order_id} of {comes} serves {serves}")
    return finding


def bought_once(log: Log) -> Finding:
    """For a planned order at most one purchase line lives: a second one only after the first has ended."""
    finding = Finding()
    live: dict[str, set[str]] = defaultdict(set)
    kinds = (PurchaseOrderIssued, PurchaseOrderRefused, AcknowledgementOverdue, PurchaseOrderCancelled)
    for _, fact in log.among(*kinds):
        if not isinstance(fact, PurchaseOrderIssued):
            for planned in fact.planned_order_ids:
                live[planned].discard(fact.purchase_order_id)
            continue
        for line in fact.lines:
            live[line.planned_order_id].add(fact.purchase_order_id)
            if not finding.that(len(live[line.planned_order_id]) == 1):
                finding.say(
                    f"planned order {line.planned_order_id} is bought by"
                    f" {', '.join(sorted(live[line.planned_order_id]))}"
                )
    return finding


def awarded_once(log: Log) -> Finding:
    """A request for quotations has at most one winner."""
    finding = Finding()
    won: set[str] = set()
    for fact in log.of(RfqAwarded):
        if not finding.that(fact.rfq_id not in won):
            finding.say(f"RFQ {fact.rfq_id} is awarded twice")
        won.add(fact.rfq_id)
    return finding


def holds_end_once(log: Log) -> Finding:
    """What is kept for a promise ends once: it expires or is given back, and not again before it is kept again."""
    finding = Finding()
    ended: set[str] = set()
    for told, fact in log.among(PromiseOffered, HoldExpired, ReservationReleased):
        if isinstance(fact, PromiseOffered):
            ended.discard(fact.promise_id)
            continue
        if not finding.that(fact.promise_id not in ended):
            finding.say(f"{told.name} ends what has ended")
        ended.add(fact.promise_id)
    return finding


def people_are_booked_once(log: Log) -> Finding:
    """Nobody has two visits at a time (of those that took place as they were booked).

    Whose order comes late without a date gives people and time back, and is booked again.
    """
    finding = Finding()
    late = {fact.order_id for fact in log.of(PromiseAtRisk)}
    moved = {fact.visit_id for _, fact in log.among(VisitRescheduled, VisitCancelled, VisitMissed)}
    moved |= {fact.visit_id for fact in log.of(VisitBooked) if fact.order_id in late}
    visits: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for fact in log.of(VisitBooked):
        for person in fact.technician_ids if fact.visit_id not in moved else ():
            visits[person].append((fact.starts_at, fact.ends_at, fact.visit_id))
    for person, booked in sorted(visits.items()):
        free_from: tuple[datetime, str] | None = None
        for starts, ends, visit_id in sorted(booked):
            if not finding.that(free_from is None or free_from[0] <= starts):
                finding.say(
                    f"{person} is booked for visit {visit_id} and at the same time for {free_from and free_from[1]}"
                )
            free_from = max(free_from or (ends, visit_id), (ends, visit_id))
    return finding


def asks_are_answered(log: Log) -> Finding:
    """Every ask of one service has the answer of its owner: promises, slots, runs, purchases, internal supply."""
    finding = Finding()
    answered = set(_answers(log))
    for name, ask in _asks(log):
        if not finding.that(ask in answered):
            finding.say(f"{name} {' '.join(map(str, ask[1:]))}: no answer")
    return finding


Ask = tuple[Any, ...]


def _asks(log: Log) -> Iterator[tuple[str, Ask]]:
    withdrawn = {fact.promise_id for fact in log.of(PromiseWithdrawn)}
    for promise in log.of(PromiseRequested):
        if promise.promise_id not in withdrawn:
            yield "PromiseRequested", ("promise", promise.promise_id, promise.request_no)
    for slots in log.of(SlotsRequested):
        if slots.promise_id not in withdrawn:
            yield "SlotsRequested", ("slots", slots.promise_id, slots.request_no)
    for run in log.of(RunRequested):
        yield "RunRequested", ("run", run.planned_order_id)
    for purchase in log.of(PurchaseRequested):
        yield "PurchaseRequested", ("purchase", purchase.planned_order_id)
    given_up = {fact.run_id for fact in log.of(WorkWithdrawn)}
    for work in log.of(WorkRequested):
        if work.run_id not in given_up:
            yield "WorkRequested", ("purchase", work.planned_order_id)
    cancelled = {fact.purchase_order_id for fact in log.of(PurchaseOrderCancelled)}
    for order in log.of(PurchaseOrderIssued):
        if order.vendor_kind == "internal" and order.purchase_order_id not in cancelled:
            for line in order.lines:
                yield "PurchaseOrderIssued", ("internal", line.purchase_line_id)


def _answers(log: Log) -> Iterator[Ask]:
    for _, promise in log.among(PromiseOffered, PromiseRefused):
        yield "promise", promise.promise_id, promise.request_no
    for _, slots in log.among(SlotsOffered, SlotsRefused):
        yield "slots", slots.promise_id, slots.request_no
    for _, run in log.among(RunScheduled, RunRefused):
        yield "run", run.planned_order_id
    for _, purchase in log.among(PurchaseRefused, RfqIssued):
        yield "purchase", purchase.planned_order_id
    for order in log.of(PurchaseOrderIssued):
        for line in order.lines:
            yield "purchase", line.planned_order_id
    for _, line in log.among(InternalSupplyPromised, InternalSupplyRefused):
        yield "internal", line.purchase_line_id
