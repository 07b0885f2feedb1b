"""What others tell of an order: planned, booked, late, delivered, shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from orders import store
from orders.commands import (
    AcceptNewDates,
    AuthoriseReturn,
    CancelOrder,
    HoldLines,
    ResumeLines,
    ShortCloseLine,
    TakeCredit,
    TakeDelivery,
    TakeLateness,
    TakePlan,
    TakeRecovery,
    TakeReturn,
    TakeShipment,
    TakeVisit,
)
from orders.domain import ending, returning
from orders.domain.order import Order
from orders.domain.rates import Exchange, Rates
from orders.domain.spending import credited, delivered, recharged, shipped, taken_back


class OfAnOrder(Protocol):
    """A command that concerns one order."""

    @property
    def order_id(self) -> str:
        """The order's id."""
        ...


Decision = Callable[[Order, Any, Rates], tuple[Order, Sequence[object]]]

_DECISIONS: Final[Mapping[type, Decision]] = {
    TakePlan: lambda order, told, rates: order.planned_for(told.steps),
    TakeVisit: lambda order, told, rates: order.visit_booked(told.line_id, told.starts_at),
    TakeLateness: lambda order, told, rates: order.endangered(told.cause, told.supply_id, told.dates),
    TakeRecovery: lambda order, told, rates: order.recovered(told.dates, told.how),
    TakeDelivery: lambda order, told, rates: delivered(
        order, told.quantities, told.cost, told.parts, rates=rates
    ),
    TakeShipment: lambda order, told, rates: (
        taken_back(order, told.line_id, told.cost, rates=rates)
        if told.back
        else shipped(order, told.line_id, told.quantity, told.cost, rates=rates)
    ),
    TakeReturn: lambda order, told, rates: returning.came_back(order, told.return_id, told.quantity),
    TakeCredit: lambda order, told, rates: credited(order, told.ticket_id, told.credit),
    HoldLines: lambda order, told, rates: order.held(told.line_ids, told.reason),
    ResumeLines: lambda order, told, rates: order.resumed(told.line_ids),
}


async def follow_orders(commands: Batch[OfAnOrder], tx: Tx) -> list[Order]:
    """What others tell of orders, whatever it is: each decides on the outcome of the one before it."""
    orders = await store.lock_orders(tx, (command.order_id for command in commands))
    rates = await store.load_rates(tx, _exchanges(commands, orders, tx.now.date()), today=tx.now.date())
    answers = []
    for command in commands:
        if command.order_id not in orders:
            raise NotYet(command.order_id)
        order = orders[command.order_id]
        orders[command.order_id], facts = _DECISIONS[type(command)](order, command, rates)
        tx.emit(*facts, *recharged(order, orders[command.order_id]), because=command)
        answers.append(orders[command.order_id])
    await store.save_orders(tx, orders.values())
    return answers


def _exchanges(commands: Batch[OfAnOrder], orders: Mapping[str, Order], today: date) -> Iterator[Exchange]:
    """Which rates it takes to say what is told in the currencies of the orders."""
    for command in commands:
        if isinstance(command, TakeDelivery | TakeShipment) and command.order_id in orders:
            into = orders[command.order_id].price.currency
            if command.cost.currency != into:
                yield Exchange(command.cost.currency, into, today)


async def accept_new_dates(commands: Batch[AcceptNewDates], tx: Tx) -> list[Order]:
    """The customer takes the later dates."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=command.party)
        order, facts = order.new_dates_accepted()
        tx.emit(*facts, because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers


async def cancel_order(commands: Batch[CancelOrder], tx: Tx) -> list[Order]:
    """Customers leave orders whose promise does not hold; whoever has something for them lets it go."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=command.party)
        before = order
        order, facts = ending.left(order, command.reason)
        tx.emit(*facts, *recharged(before, order), because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers


async def short_close_line(commands: Batch[ShortCloseLine], tx: Tx) -> list[Order]:
    """People close lines of which no more will be delivered; whoever has something for them lets it go."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=None)
        before = order
        order, facts = ending.short_closed(order, command.line_id, command.reason)
        tx.emit(*facts, *recharged(before, order), because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers


async def authorise_return(commands: Batch[AuthoriseReturn], tx: Tx) -> list[Order]:
    """People let clients send goods back; the service desk takes them in."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=None)
        item = order.line(command.line_id).demand.item
        counted = (await store.load_counted(tx, [item])).get(item)
        order, facts = returning.authorised(
            order, command.line_id, command.quantity, command.reason, command.return_id, counted
        )
        tx.emit(*facts, because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers
