"""Changes of promised orders: asked, answered by their owners, committed or withdrawn by the customer, or expired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from backbone.errors import NotFound, NotYet
from backbone.service import Batch, Tx
from orders import store
from orders.commands import (
    DecideChange,
    ExpireChange,
    MissChangeAnswers,
    RequestAmendment,
    RequestCancellation,
    TakeChangeAnswer,
)
from orders.domain import change as changing
from orders.domain.change import ANSWER_WITHIN, Change, Told
from orders.domain.order import Order
from orders.domain.quote import added
from orders.domain.rates import Exchange
from orders.domain.spending import recharged
from orders.domain.states import WrongState
from orders.domain.wish import Wish


async def request_amendment(commands: Batch[RequestAmendment], tx: Tx) -> list[Change]:
    """Customers want other lines than they ordered; materials and the service desk are asked."""
    named = {line.offer_id for command in commands for line in command.added if line.offer_id is not None}
    offers = await store.load_offers(tx, named, whole=False) if named else []
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=command.party)
        wish = Wish(command.lines, command.moments, added(command.added, offers, tx.now))
        told = changing.amendment(order, wish, command.change_id, tx.now)
        answers.append(await _asked(tx, command, told))
    return answers


async def request_cancellation(commands: Batch[RequestCancellation], tx: Tx) -> list[Change]:
    """Customers do not want their orders any more; materials and the service desk are asked."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=command.party)
        told = changing.cancellation(order, command.reason, command.change_id, tx.now)
        answers.append(await _asked(tx, command, told))
    return answers


async def _asked(tx: Tx, command: object, told: Told) -> Change:
    order, change, facts = told
    tx.emit(*facts, because=command, correlation=order.need_id)
    tx.due("change-answer", change.change_id, ANSWER_WITHIN)
    tx.due("change-expiry", change.change_id, change.hold_until_at)
    await store.save_orders(tx, [order])
    await store.save_changes(tx, [change])
    return change


async def take_change_answer(commands: Batch[TakeChangeAnswer], tx: Tx) -> list[Change]:
    """Owners answer; what all keep possible waits for the customer, what one refuses is over."""
    orders, changes = await _locked(
        tx, [each.order_id for each in commands], [each.change_id for each in commands]
    )
    today = tx.now.date()
    rates = await store.load_rates(tx, _exchanges(commands, orders, today), today=today)
    answers = []
    for command in commands:
        if command.change_id not in changes:
            raise NotYet(command.change_id)
        decide = partial(changing.answered, answer=command.answer, rates=rates)
        answers.append(_decide(tx, command, orders, changes, command.change_id, decide))
    await _save(tx, orders, changes)
    return answers


def _exchanges(
    commands: Batch[TakeChangeAnswer], orders: Mapping[str, Order], today: date
) -> Iterator[Exchange]:
    """Which rates it takes to say what is charged in the currencies of the orders."""
    for command in commands:
        charge, order = command.answer.charge, orders.get(command.order_id)
        if charge is not None and order is not None and charge.currency != order.price.currency:
            yield Exchange(charge.currency, order.price.currency, today)


async def decide_change(commands: Batch[DecideChange], tx: Tx) -> list[Change]:
    """Customers commit or withdraw; each owner carries out, or lets go, what it held."""
    answers = []
    for command in commands:
        order = await store.lock_order_of(tx, command.order_id, party=command.party)
        orders, changes = {order.order_id: order}, await store.load_changes(tx, [command.change_id])
        known = changes.get(command.change_id)
        if known is None or known.order_id != order.order_id:
            raise NotFound(f"no change {command.change_id} of order {order.order_id}")
        if command.committed and known.hold_until_at <= tx.now:
            # What was held for it may be others' already, whenever the deadline is heard.
            raise WrongState(
                f"change {command.change_id} was possible until {known.hold_until_at.isoformat()}"
            )
        decide = changing.committed if command.committed else changing.withdrawn
        answers.append(_decide(tx, command, orders, changes, command.change_id, decide))
        await _save(tx, orders, changes)
    return answers


async def miss_change_answers(commands: Batch[MissChangeAnswers], tx: Tx) -> list[None]:
    """Who has not answered by now refuses."""
    return await _over(commands, [each.change_id for each in commands], tx, changing.unanswered)


async def expire_change(commands: Batch[ExpireChange], tx: Tx) -> list[None]:
    """Holds have ended without the customer's word."""
    return await _over(commands, [each.change_id for each in commands], tx, changing.expired)


Decision = Callable[[Order, Change], Told]


async def _over(commands: Batch[object], change_ids: list[str], tx: Tx, decide: Decision) -> list[None]:
    order_ids = await store.load_orders_of_changes(tx, change_ids)
    orders, changes = await _locked(tx, order_ids, change_ids)
    for command, change_id in zip(commands, change_ids, strict=True):
        _decide(tx, command, orders, changes, change_id, decide)
    await _save(tx, orders, changes)
    return [None] * len(commands)


async def _locked(
    tx: Tx, order_ids: Iterable[str], change_ids: Iterable[str]
) -> tuple[dict[str, Order], dict[str, Change]]:
    orders = await store.lock_orders(tx, order_ids)
    return orders, await store.load_changes(tx, change_ids)


def _decide(
    tx: Tx,
    because: object,
    orders: dict[str, Order],
    changes: dict[str, Change],
    change_id: str,
    decide: Decision,
) -> Change:
    before = changes[change_id]
    order, change, facts = decide(orders[before.order_id], before)
    charged = recharged(orders[before.order_id], order)
    tx.emit(*facts, *charged, because=because, correlation=order.need_id)
    if change.state != "asked":
        tx.not_due("change-answer", change_id)
    if change.state not in {"asked", "offered"}:
        tx.not_due("change-expiry", change_id)
    orders[order.order_id], changes[change_id] = order, change
    return change


async def _save(tx: Tx, orders: dict[str, Order], changes: dict[str, Change]) -> None:
    await store.save_orders(tx, orders.values())
    await store.save_changes(tx, list(changes.values()))
