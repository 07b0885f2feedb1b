"""Promises are held, become orders, are let go; planned orders are released when their time has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from contracts.shapes import DemandLine
from materials import store
from materials.commands import (
    AcceptDates,
    AnswerPromise,
    CancelOrder,
    CloseLine,
    ExpireHold,
    FirmOrder,
    PlanOrder,
    ReleaseOrder,
    WithdrawPromise,
)
from materials.domain import firming
from materials.domain.book import Book
from materials.domain.network import Place
from materials.domain.ordering import accept_dates as take_dates
from materials.domain.ordering import cancel, close_short, expire, place, withdraw
from materials.domain.promise import request
from materials.domain.release import release
from materials.handlers.deciding import decide_each


def wanted(lines: Iterable[DemandLine], seeds: store.Seeds) -> store.Seeds:
    """The seeds, and with them what lines want: goods at their sites, services with their parts."""
    for line in lines:
        if line.kind == "good":
            seeds.places.add((line.site_id, line.item))
        else:
            seeds.services.add(line.item)
    return seeds


async def answer_promise(commands: Batch[AnswerPromise], tx: Tx) -> Sequence[Book]:
    """Hold all that each promise needs, or hold nothing of it and say why."""
    seeds = [
        wanted(command.fact.lines, store.Seeds(promises={command.fact.promise_id})) for command in commands
    ]
    return await decide_each(commands, tx, seeds, lambda book, command: request(book, command.fact))


async def withdraw_promise(commands: Batch[WithdrawPromise], tx: Tx) -> Sequence[Book]:
    """Let go what promises hold."""
    seeds = [store.Seeds(promises={command.fact.promise_id}) for command in commands]
    return await decide_each(commands, tx, seeds, lambda book, command: withdraw(book, command.fact))


async def expire_hold(commands: Batch[ExpireHold], tx: Tx) -> Sequence[Book]:
    """End holds whose time has passed."""
    seeds = [store.Seeds(promises={command.promise_id}) for command in commands]
    return await decide_each(commands, tx, seeds, lambda book, command: expire(book, command.promise_id))


async def plan_order(commands: Batch[PlanOrder], tx: Tx) -> Sequence[Book]:
    """What was held becomes the order's; what may be released is asked for."""
    seeds = [
        wanted(
            (line.demand for line in command.fact.lines),
            store.Seeds(promises={command.fact.promise_id}, orders={command.fact.order_id}),
        )
        for command in commands
    ]
    await store.add_order_values(tx, (command.fact for command in commands))
    return await decide_each(commands, tx, seeds, lambda book, command: place(book, command.fact))


async def cancel_order(commands: Batch[CancelOrder], tx: Tx) -> Sequence[Book]:
    """Let go what orders have."""
    seeds = [
        store.Seeds(promises={command.fact.promise_id}, orders={command.fact.order_id})
        for command in commands
    ]
    return await decide_each(commands, tx, seeds, lambda book, command: cancel(book, command.fact))


async def close_line(commands: Batch[CloseLine], tx: Tx) -> Sequence[Book]:
    """Let go what lines of orders have."""
    seeds = [store.Seeds(orders={command.fact.order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, lambda book, command: close_short(book, command.fact))


async def accept_dates(commands: Batch[AcceptDates], tx: Tx) -> Sequence[Book]:
    """Later dates are the promise now."""
    seeds = [store.Seeds(orders={command.fact.order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, lambda book, command: take_dates(book, command.fact))


async def release_order(commands: Batch[ReleaseOrder], tx: Tx) -> Sequence[Book]:
    """Ask the owners for planned orders; what is gone or asked for already stays as it is."""
    seeds = [store.Seeds(planned_orders={command.planned_order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, _release)


async def firm_order(commands: Batch[FirmOrder], tx: Tx) -> Sequence[Book]:
    """Planners make planned orders firm, or give them back to the plan."""
    seeds = [store.Seeds(planned_orders={command.planned_order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, _firm)


def _firm(book: Book, command: FirmOrder) -> set[Place] | None:
    if command.firm:
        firming.firm(book, command.planned_order_id)
        return None
    return firming.unfirm(book, command.planned_order_id)


def _release(book: Book, command: ReleaseOrder) -> None:
    if command.by_hand and command.planned_order_id not in book.orders:
        raise NotFound(f"no planned order {command.planned_order_id}")
    release(book, command.planned_order_id, by_hand=command.by_hand)
