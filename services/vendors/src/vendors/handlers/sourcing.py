"""Requests of materials find their vendor; RFQs are answered, awarded, or stay silent."""

from __future__ import annotations

from typing import TypeVar

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from vendors import store
from vendors.commands import AnswerRfq, AwardRfq, DecideAward, MissQuotations, SourcePurchase, SourceWork
from vendors.domain.rfq import Quotation, Rfq
from vendors.domain.said import price_in_own
from vendors.domain.sourcing import Source, Sourcing
from vendors.handlers.market import Asked, ask_next, market_of, place, refuse, save_asked

Wanted = TypeVar("Wanted", SourcePurchase, SourceWork)


async def source_purchase(commands: Batch[SourcePurchase], tx: Tx) -> list[Sourcing]:
    """Order what is requested from the best source; the same request again changes nothing."""
    return await source_all(commands, tx)


async def source_all(commands: Batch[Wanted], tx: Tx) -> list[Sourcing]:
    """Ask the best source for each request that nobody is asked for yet; the answer is how each stands then."""
    requests = [command.request for command in commands]
    known = await store.lock_sourcings(tx, (request.planned_order_id for request in requests))
    market = await market_of(tx, [(request.sku, request.site_id) for request in requests])
    asked: dict[str, Asked] = {}
    for command, cause in zip(commands, commands.causes, strict=True):
        key = command.request.planned_order_id
        before = asked[key].sourcing if key in asked else known.get(key)
        if before is None:
            wanted = Sourcing.requested(command.request, cause.correlation_id)
        elif before.served:
            continue
        else:
            wanted = before.again(command.request)
        asked[key] = ask_next(tx, command, wanted, market)
    await save_asked(tx, list(asked.values()), fresh=frozenset(asked) - frozenset(known))
    after = {**known, **{key: each.sourcing for key, each in asked.items()}}
    return [after[request.planned_order_id] for request in requests]


async def answer_rfq(commands: Batch[AnswerRfq], tx: Tx) -> list[Quotation]:
    """Take quotations, whenever they come; raises `NotFound` for a vendor that was not asked, `RfqIsWithdrawn`."""
    policy = await store.load_policy(tx)
    rates = await store.load_rates(tx, policy.currency)
    rfqs = await store.lock_rfqs(tx, (command.rfq_id for command in commands))
    said = {rfqs[each.rfq_id].sku for each in commands if each.unit is not None and each.rfq_id in rfqs}
    known = await store.load_counted(tx, said) if said else {}
    answers = []
    for command in commands:
        rfq = _found(rfqs, command.rfq_id)
        price, extras_minor = price_in_own(
            rfq.sku, command.unit_price, command.extras_minor, command.unit, known
        )
        quotation = Quotation.given(
            quotation_id=command.quotation_id,
            vendor_id=command.vendor_id,
            unit_price=price,
            extras_minor=extras_minor,
            lead_days=command.lead_days,
            properties=command.properties,
            rates=rates,
            at=tx.now,
        )
        rfqs[rfq.rfq_id], told = rfq.answered(quotation)
        tx.emit(told, because=command, correlation=rfq.correlation_id)
        answers.append(quotation)
    await store.save_rfqs(tx, list(rfqs.values()))
    return answers


async def award_rfq(commands: Batch[AwardRfq], tx: Tx) -> list[Rfq]:
    """Choose the winner of an RFQ; above the limit the award waits for a second person."""
    answers = []
    for command in commands:
        sourcing, rfq = await _locked(tx, command.rfq_id)
        policy = await store.load_policy(tx)
        rfq, second = rfq.proposed(
            command.quotation_id, reason=command.reason, by=command.actor, policy=policy
        )
        if second:
            await store.save_rfqs(tx, [rfq])
        else:
            rfq = await _award(tx, command, sourcing, rfq, approved_by=None)
        answers.append(rfq)
    return answers


async def decide_award(commands: Batch[DecideAward], tx: Tx) -> list[Rfq]:
    """A second person agrees to an award or opens the RFQ again."""
    answers = []
    for command in commands:
        sourcing, rfq = await _locked(tx, command.rfq_id)
        if command.agreed:
            rfq = await _award(tx, command, sourcing, rfq, approved_by=command.actor)
        else:
            rfq = rfq.disagreed(command.actor)
            await store.save_rfqs(tx, [rfq])
        answers.append(rfq)
    return answers


async def _award(
    tx: Tx, command: AwardRfq | DecideAward, sourcing: Sourcing, rfq: Rfq, *, approved_by: str | None
) -> Rfq:
    awarded, told = rfq.agreed(approved_by)
    winner = awarded.quotation(told.quotation_id)
    market = await market_of(tx, [(sourcing.sku, sourcing.site_id)])
    sourcing = sourcing.awarded(winner.vendor_id)
    tx.emit(told, because=command, correlation=rfq.correlation_id)
    source = Source(
        market.vendors[winner.vendor_id],
        sourcing.quantity,
        winner.unit_price,
        winner.properties,
        inspect=False,
        quotation_id=winner.quotation_id,
    )
    # Whoever might have to agree has agreed to the award: the order itself needs nobody else.
    agreed_by = approved_by or told.awarded_by
    order = place(tx, command, sourcing, source, market, by=told.awarded_by, approved_by=agreed_by)
    tx.not_due("quotations", rfq.rfq_id)
    await store.save_rfqs(tx, [awarded])
    await save_asked(tx, [Asked(command, sourcing, order)])
    return awarded


async def miss_quotations(commands: Batch[MissQuotations], tx: Tx) -> list[None]:
    """RFQs that nobody answered are told as refused; a late quotation may still win."""
    planned = await store.load_planned_of_rfqs(tx, (command.rfq_id for command in commands))
    sourcings = await store.lock_sourcings(tx, planned.values())
    rfqs = await store.lock_rfqs(tx, planned)
    for command in commands:
        rfq = rfqs.get(command.rfq_id)
        if rfq is None or not rfq.unanswered:
            continue
        sourcing = sourcings[rfq.planned_order_id]
        reason = f"no vendor quoted for {rfq.sku} in time"
        if sourcing.run_id is None:
            rfqs[rfq.rfq_id] = rfq.silent()
        else:
            # A run that hears that nobody does its work is over: a late quotation for it must not win.
            rfqs[rfq.rfq_id], told = rfq.withdrawn(reason)
            tx.emit(told, because=command, correlation=rfq.correlation_id)
        if sourcing.state == "quoting":
            sourcings[rfq.planned_order_id] = refuse(tx, command, sourcing, reason)
    await store.save_sourcings(tx, list(sourcings.values()))
    await store.save_rfqs(tx, list(rfqs.values()))
    return [None] * len(commands)


async def _locked(tx: Tx, rfq_id: str) -> tuple[Sourcing, Rfq]:
    """An RFQ with the sourcing it is for, locked in the order of the tables."""
    planned = await store.load_planned_of_rfqs(tx, [rfq_id])
    sourcings = await store.lock_sourcings(tx, planned.values())
    rfq = _found(await store.lock_rfqs(tx, [rfq_id]), rfq_id)
    return sourcings[rfq.planned_order_id], rfq


def _found(rfqs: dict[str, Rfq], rfq_id: str) -> Rfq:
    if rfq_id not in rfqs:
        raise NotFound(f"no RFQ {rfq_id}")
    return rfqs[rfq_id]
