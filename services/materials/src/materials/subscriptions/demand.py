"""What customers want, order, change and call off."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import orders
from materials import commands, handlers


def on_promise_requested(fact: orders.PromiseRequested) -> commands.AnswerPromise:
    """Material is asked for."""
    return commands.AnswerPromise(fact)


def on_promise_withdrawn(fact: orders.PromiseWithdrawn) -> commands.WithdrawPromise:
    """Material is not wanted any more."""
    return commands.WithdrawPromise(fact)


def on_order_placed(fact: orders.OrderPlaced) -> commands.PlanOrder:
    """The customer ordered."""
    return commands.PlanOrder(fact)


def on_order_cancelled(fact: orders.OrderCancelled) -> commands.CancelOrder:
    """An order ended without delivery."""
    return commands.CancelOrder(fact)


def on_change(
    fact: orders.AmendmentRequested
    | orders.CancellationRequested
    | orders.ChangeCommitted
    | orders.ChangeWithdrawn,
) -> commands.FollowChange:
    """A customer wants less of an order, or has decided about it."""
    return commands.FollowChange(fact)


def on_order_line_short_closed(fact: orders.OrderLineShortClosed) -> commands.CloseLine:
    """What is open of an order line is not wanted any more."""
    return commands.CloseLine(fact)


def on_new_date_accepted(fact: orders.NewDateAccepted) -> commands.AcceptDates:
    """The customer took later dates."""
    return commands.AcceptDates(fact)


DEMAND: Final[tuple[Subscription, ...]] = (
    hears(orders.PromiseRequested, on_promise_requested, handlers.follow_facts),
    hears(orders.PromiseWithdrawn, on_promise_withdrawn, handlers.follow_facts),
    hears(orders.OrderPlaced, on_order_placed, handlers.follow_facts),
    hears(orders.OrderCancelled, on_order_cancelled, handlers.follow_facts),
    hears(orders.AmendmentRequested, on_change, handlers.follow_facts),
    hears(orders.CancellationRequested, on_change, handlers.follow_facts),
    hears(orders.ChangeCommitted, on_change, handlers.follow_facts),
    hears(orders.ChangeWithdrawn, on_change, handlers.follow_facts),
    hears(orders.OrderLineShortClosed, on_order_line_short_closed, handlers.follow_facts),
    hears(orders.NewDateAccepted, on_new_date_accepted, handlers.follow_facts),
)
