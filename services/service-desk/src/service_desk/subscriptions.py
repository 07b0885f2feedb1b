"""Facts that the service desk hears: each becomes a command."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady
from contracts.orders import (
    AmendmentRequested,
    CancellationRequested,
    ChangeCommitted,
    ChangeWithdrawn,
    ContactChanged,
    CustomerRegistered,
    NewDateAccepted,
    OrderCancelled,
    OrderCharged,
    OrderLineShortClosed,
    OrderPlaced,
    PromiseAtRisk,
    PromiseRecovered,
    PromiseWithdrawn,
    SlotsRequested,
)
from contracts.recalls import RecallClosed, RecallTraced
from contracts.returns import ReturnAuthorised
from service_desk import commands, handlers


def on_customer_registered(fact: CustomerRegistered) -> commands.KnowCustomer:
    """Whom we work for."""
    return commands.KnowCustomer(fact)


def on_contact_changed(fact: ContactChanged) -> commands.KnowContact:
    """How a person is reached."""
    return commands.KnowContact(fact)


def on_slots_requested(fact: SlotsRequested) -> commands.FindSlots:
    """Orders wants people."""
    return commands.FindSlots(fact)


def on_promise_withdrawn(fact: PromiseWithdrawn) -> commands.FreeSlots:
    """Orders does not want them any more."""
    return commands.FreeSlots(fact.promise_id)


def on_order_placed(fact: OrderPlaced) -> commands.TakeOrder:
    """A customer ordered."""
    return commands.TakeOrder(fact)


def on_order_charged(fact: OrderCharged) -> commands.TakeCharge:
    """A customer is charged another amount."""
    return commands.TakeCharge(fact.order_id, fact.charged)


def on_goods_ready(fact: GoodsReady) -> commands.TakeGoods:
    """Goods lie ready."""
    return commands.TakeGoods(fact)


def on_goods_withdrawn(fact: GoodsWithdrawn) -> commands.LoseGoods:
    """Goods that lay ready do so no more."""
    return commands.LoseGoods(fact)


def on_promise_at_risk(fact: PromiseAtRisk) -> commands.TakeDates:
    """What was promised will not hold."""
    return commands.TakeDates(fact.order_id, fact.lines)


def on_new_date_accepted(fact: NewDateAccepted) -> commands.TakeDates:
    """The customer took the later dates."""
    return commands.TakeDates(fact.order_id, fact.lines)


def on_promise_recovered(fact: PromiseRecovered) -> commands.RegainDates:
    """What was promised holds again."""
    return commands.RegainDates(fact.order_id, fact.lines)


def on_order_cancelled(fact: OrderCancelled) -> commands.EndOrder:
    """The order ended without delivery."""
    return commands.EndOrder(fact.order_id, fact.promise_id, fact.reason)


def on_order_line_short_closed(fact: OrderLineShortClosed) -> commands.EndLine:
    """A line ended before all of it was delivered."""
    return commands.EndLine(fact.order_id, fact.line_id, fact.reason)


def on_change(
    fact: AmendmentRequested | CancellationRequested | ChangeCommitted | ChangeWithdrawn,
) -> commands.FollowChange:
    """A customer wants an order otherwise, or has decided about it."""
    return commands.FollowChange(fact)


def on_recall_traced(fact: RecallTraced) -> commands.StopRecalled:
    """Lots were called back."""
    return commands.StopRecalled(fact)


def on_recall_closed(fact: RecallClosed) -> commands.LetLeave:
    """A recall is over."""
    return commands.LetLeave(fact.recall_id)


def on_return_authorised(fact: ReturnAuthorised) -> commands.AwaitReturn:
    """A client may send goods back."""
    return commands.AwaitReturn(fact)


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = (
    hears(CustomerRegistered, on_customer_registered, handlers.know_customer),
    hears(ContactChanged, on_contact_changed, handlers.know_contact),
    hears(SlotsRequested, on_slots_requested, handlers.find_slots),
    hears(PromiseWithdrawn, on_promise_withdrawn, handlers.free_slots),
    hears(OrderPlaced, on_order_placed, handlers.take_order),
    hears(OrderCharged, on_order_charged, handlers.take_charge),
    hears(GoodsReady, on_goods_ready, handlers.take_goods),
    hears(GoodsWithdrawn, on_goods_withdrawn, handlers.lose_goods),
    hears(PromiseAtRisk, on_promise_at_risk, handlers.take_dates),
    hears(PromiseRecovered, on_promise_recovered, handlers.regain_dates),
    hears(NewDateAccepted, on_new_date_accepted, handlers.take_dates),
    hears(AmendmentRequested, on_change, handlers.follow_change),
    hears(CancellationRequested, on_change, handlers.follow_change),
    hears(ChangeCommitted, on_change, handlers.follow_change),
    hears(ChangeWithdrawn, on_change, handlers.follow_change),
    hears(OrderLineShortClosed, on_order_line_short_closed, handlers.end_line),
    hears(OrderCancelled, on_order_cancelled, handlers.end_order),
    hears(ReturnAuthorised, on_return_authorised, handlers.await_return),
    hears(RecallTraced, on_recall_traced, handlers.stop_recalled),
    hears(RecallClosed, on_recall_closed, handlers.let_leave),
)
