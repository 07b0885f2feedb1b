"""How an order, or a line of it, ends before all was delivered: its customer leaves, or a person closes the line."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import Refusal
from contracts.orders import OrderCancelled, OrderLineShortClosed
from orders.domain.order import Fact, Order
from orders.domain.recovery import recovered
from orders.domain.states import WrongState


class PromiseHolds(Refusal):
    """Only an order that comes later than promised, and of which nothing can be on its way, is cancelled free."""


def left(order: Order, reason: str) -> tuple[Order, list[Fact]]:
    """The customer takes no later date and cancels, free of charge. Raises `PromiseHolds`, `WrongState`."""
    goods = [line for line in order.lines if line.demand.kind == "good"]
    late = [line for line in order.lines if line.supply == "late"]
    # Goods of a line in time may have left already, unless they wait for the late ones.
    together = order.delivery_policy == "complete-order" or len(late) >= len(goods)
    untouched = all(line.fulfilment == "none" for line in order.lines)
    if order.state != "open" or not late:
        raise PromiseHolds(f"order {order.order_id} is {order.state}; a promise that holds is not left free")
    if not together or not untouched:
        raise PromiseHolds(
            f"part of order {order.order_id} was or is brought in time; ask for a change of the rest"
        )
    pending = next((line for line in order.lines if line.pending), None)
    if pending is not None:
        # The change would still wait for an end that this order does not have any more.
        raise WrongState(f"line {pending.line_id} is {pending.lifecycle}; decide about that change first")
    order = replace(order.each(lambda line: line if line.ended else line.cancelled()), state="cancelled")
    return order, [OrderCancelled(order.order_id, order.promise_id, reason)]


def short_closed(order: Order, line_id: str, reason: str) -> tuple[Order, list[Fact]]:
    """A person closes a line: what of it was accepted stays, the rest is not wanted any more.

    What is under way to the client may still be accepted. The order ends with its last open line: completed where
    anything was delivered, else cancelled. Raises `NotFound` for an unknown line, `WrongState` for one that has ended.
    """
    if order.state != "open":
        raise WrongState(f"order {order.order_id} is {order.state}; its lines have ended")
    was, line = order, order.line(line_id).short_closed()
    order, back = recovered(was, order.with_line(line), "back in time")
    facts: list[Fact] = [
        OrderLineShortClosed(order.order_id, line_id, line.demand.quantity - line.fulfilled, reason)
    ]
    if order.given_up:
        order = replace(order, state="cancelled")
        return order, [*facts, OrderCancelled(order.order_id, order.promise_id, reason)]
    order, end = order.completed_if_settled()
    return order, [*facts, *back, *end]
