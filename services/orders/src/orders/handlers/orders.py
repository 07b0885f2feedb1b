"""What others tell of an order: planned, booked, late, delivered, shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from orders import store
from orders.commands import (
    AcceptNewDates,
    CancelOrder,
    HoldLines,
    ResumeLines,
    ShortCloseLine,
    TakeDelivery,
    TakeLateness,
    TakePlan,
    TakeRecovery,
    TakeShipment,
    TakeVisit,
)
from orders.domain import ending
from orders.domain.order import Order


class OfAnOrder(Protocol):
    """A command that concerns one order."""

    @property
    def order_id(self) -> str:
        """The order's id."""
        ...


O_contra = TypeVar("O_contra", bound=OfAnOrder)
Decision = Callable[[Order, O_contra], tuple[Order, Sequence[object]]]


async def _each(commands: Batch[O_contra], tx: Tx, decide: Decision[O_contra]) -> list[Order]:
    """Lock the orders, let each command decide on the outcome of the one before it, tell, save."""
    orders = await store.lock_orders(tx, (command.order_id for command in commands))
    answers = []
    for command in commands:
        if command.order_id not in orders:
            raise NotYet(command.order_id)
        orders[command.order_id], facts = decide(orders[command.order_id], command)
        tx.emit(*facts, because=command)
        answers.append(orders[command.order_id])
    await store.save_orders(tx, orders.values())
    return answers


async def take_plan(commands: Batch[TakePlan], tx: Tx) -> list[Order]:
    """Materials has planned what orders need."""
    return await _each(commands, tx, lambda order, command: order.planned_for(command.steps))


async def take_visit(commands: Batch[TakeVisit], tx: Tx) -> list[Order]:
    """The service desk has booked visits."""
    return await _each(commands, tx, lambda order, command: order.visit_booked(command.line_id))


async def take_lateness(commands: Batch[TakeLateness], tx: Tx) -> list[Order]:
    """Supplies are late; customers whose dates it breaks are told."""
    return await _each(
        commands, tx, lambda order, command: order.endangered(command.cause, command.supply_id, command.dates)
    )


async def take_recovery(commands: Batch[TakeRecovery], tx: Tx) -> list[Order]:
    """Late lines are covered in time again."""
    return await _each(commands, tx, lambda order, command: order.recovered(command.dates, command.how))


async def take_delivery(commands: Batch[TakeDelivery], tx: Tx) -> list[Order]:
    """Clients accepted goods or work."""
    return await _each(
        commands, tx, lambda order, command: order.delivered(command.quantities, command.cost, command.parts)
    )


async def take_shipment(commands: Batch[TakeShipment], tx: Tx) -> list[Order]:
    """Stock left for order lines for good."""
    return await _each(
        commands, tx, lambda order, command: order.shipped(command.line_id, command.quantity, command.cost)
    )


async def hold_lines(commands: Batch[HoldLines], tx: Tx) -> list[Order]:
    """Lines wait for a person's decision."""
    return await _each(commands, tx, lambda order, command: order.held(command.line_ids, command.reason))


async def resume_lines(commands: Batch[ResumeLines], tx: Tx) -> list[Order]:
    """What lines waited for is there."""
    return await _each(commands, tx, lambda order, command: order.resumed(command.line_ids))


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
        order, facts = ending.left(order, command.reason)
        tx.emit(*facts, because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers


async def short_close_line(commands: Batch[ShortCloseLine], tx: Tx) -> list[Order]:
    """People close lines of which no more will be delivered; whoever has something for them lets it go."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=None)
        order, facts = ending.short_closed(order, command.line_id, command.reason)
        tx.emit(*facts, because=command, correlation=order.need_id)
        await store.save_orders(tx, [order])
        answers.append(order)
    return answers
