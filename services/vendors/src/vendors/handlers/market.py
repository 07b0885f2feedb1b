"""Who could supply, as a batch sees it, and asking the next one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backbone.service import Tx
from vendors import store
from vendors.domain.overdue import next_due
from vendors.domain.policy import Policy
from vendors.domain.price import Rates
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.rfq import Rfq
from vendors.domain.sourcing import Source, Sourcing
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor

AUTOMATIC: Final = "system"
ELSEWHERE: Final = "it is ordered from another vendor"


@dataclass(frozen=True, slots=True)
class Market:
    """Terms and vendors of the items in question; `known` names by item who may be asked to quote."""

    terms: Sequence[Terms]
    vendors: Mapping[str, Vendor]
    known: Mapping[str, frozenset[str]]
    policy: Policy
    rates: Rates


@dataclass(frozen=True, slots=True)
class Asked:
    """A sourcing after somebody was asked, and because of what: with an order, with an RFQ, or refused with neither."""

    because: object
    sourcing: Sourcing
    order: PurchaseOrder | None = None
    rfq: Rfq | None = None


async def market_of(tx: Tx, wanted: Sequence[tuple[str, str]]) -> Market:
    """The market for (item, site) pairs; five statements whatever their number."""
    policy = await store.load_policy(tx)
    vendors, known = await store.load_vendors_of(tx, (sku for sku, _ in wanted))
    terms = await store.load_terms_for(tx, wanted)
    return Market(terms, vendors, known, policy, await store.load_rates(tx, policy.currency))


def ask_next(tx: Tx, command: object, sourcing: Sourcing, market: Market) -> Asked:
    """Order on the best terms left; without any, ask for quotations; with nobody to ask, refuse."""
    ranked = sourcing.ranked(market.terms, market.vendors, market.rates, tx.now)
    if ranked:
        terms = ranked[0]
        quantity = terms.lot_for(sourcing.quantity)
        source = Source(
            market.vendors[terms.vendor_id],
            quantity,
            terms.unit_price(quantity),
            terms.properties,
            terms.inspect,
            terms_id=terms.terms_id,
        )
        order = place(tx, command, sourcing, source, market, by=AUTOMATIC)
        return Asked(command, sourcing.ordered(terms.vendor_id), order)
    quoters = sourcing.quoters(market.known, market.vendors)
    if quoters:
        rfq, issued = Rfq.issued(sourcing, quoters, rfq_id=tx.new_id(), policy=market.policy, at=tx.now)
        tx.emit(issued, because=command, correlation=sourcing.correlation_id)
        tx.due("quotations", rfq.rfq_id, rfq.answer_by)
        return Asked(command, sourcing.quoting(quoters), rfq=rfq)
    refused = refuse(tx, command, sourcing, f"no vendor is left to ask for {sourcing.sku}")
    return Asked(command, refused)


def refuse(tx: Tx, command: object, sourcing: Sourcing, reason: str) -> Sourcing:
    """Say that nothing will be bought for a planned order."""
    refused, told = sourcing.refused(reason)
    tx.emit(told, because=command, correlation=sourcing.correlation_id)
    return refused


def place(
    tx: Tx,
    command: object,
    sourcing: Sourcing,
    source: Source,
    market: Market,
    *,
    by: str,
    approved_by: str | None = None,
) -> PurchaseOrder:
    """Place an order and tell it, unless it waits for a second person."""
    order, facts = PurchaseOrder.placed(
        sourcing,
        source,
        purchase_order_id=tx.new_id(),
        purchase_line_id=tx.new_id(),
        policy=market.policy,
        rates=market.rates,
        by=by,
        approved_by=approved_by,
        at=tx.now,
    )
    tell(tx, command, order, facts)
    return order


def tell(tx: Tx, command: object, order: PurchaseOrder, facts: Sequence[object]) -> None:
    """Tell facts of an order, and watch for the vendor's answer for as long as one is awaited."""
    tx.emit(*facts, because=command, correlation=order.correlation_id)
    if order.closed or order.answered_at is not None:
        tx.not_due("acknowledgement", order.purchase_order_id)
    elif order.answer_by is not None and not order.overdue:
        tx.due("acknowledgement", order.purchase_order_id, order.answer_by)
    if order.answered_at is not None:
        _watch(tx, order)


def _watch(tx: Tx, order: PurchaseOrder) -> None:
    """Look again when the next promised day is over."""
    at = None if order.closed else next_due(order, tx.now)
    if at is None:
        tx.not_due("delivery", order.purchase_order_id)
    else:
        tx.due("delivery", order.purchase_order_id, at)


async def withdraw_rfqs(tx: Tx, reasons: Mapping[str, tuple[object, str]]) -> None:
    """Let nobody win what is asked for these planned orders, whose sourcings are locked: because of what, and why."""
    if not reasons:
        return
    withdrawn = []
    for rfq in await store.lock_open_rfqs(tx, reasons):
        because, reason = reasons[rfq.planned_order_id]
        gone, told = rfq.withdrawn(reason)
        tx.not_due("quotations", rfq.rfq_id)
        tx.emit(told, because=because, correlation=rfq.correlation_id)
        withdrawn.append(gone)
    await store.save_rfqs(tx, withdrawn)


async def save_asked(tx: Tx, asked: Sequence[Asked], *, fresh: frozenset[str] = frozenset()) -> None:
    """Write sourcings (`fresh` ones are new) and what was ordered or asked for them, in the order of their keys.

    Of what is ordered nobody else wins an RFQ.
    """
    ordered = {
        each.sourcing.planned_order_id: (each.because, ELSEWHERE) for each in asked if each.order is not None
    }
    await withdraw_rfqs(tx, {key: why for key, why in ordered.items() if key not in fresh})
    await store.add_sourcings(
        tx, [each.sourcing for each in asked if each.sourcing.planned_order_id in fresh]
    )
    await store.save_sourcings(
        tx, [each.sourcing for each in asked if each.sourcing.planned_order_id not in fresh]
    )
    await store.add_rfqs(tx, [each.rfq for each in asked if each.rfq is not None])
    await store.add_purchase_orders(tx, [each.order for each in asked if each.order is not None])
