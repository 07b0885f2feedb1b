"""Promises are held, become orders, are let go; planned orders are released when their time has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from contracts.shapes import DemandLine
from materials import store
from materials.commands import (
    AnswerPromise,
    CancelOrder,
    ExpireHold,
    FirmOrder,
    MissRunAnswer,
    MissTransfer,
    PlanOrder,
    ReleaseOrder,
)
from materials.domain import answers, firming, unsent
from materials.domain.book import Book
from materials.domain.network import Place
from materials.domain.ordering import expire
from materials.domain.release import release
from materials.handlers.deciding import decide_each


def wanted(lines: Iterable[DemandLine], seeds: store.Seeds) -> store.Seeds:
    """The seeds, and with them what lines want: goods at their sites, services with their parts, what stands in."""
    for line in lines:
        seeds.places.update((each.site_id, each.substitute_sku) for each in line.instead)
        if line.kind == "good":
            seeds.places.add((line.site_id, line.item))
        else:
            seeds.services.add(line.item)
    return seeds


def asked_seeds(command: AnswerPromise) -> store.Seeds:
    """All that a promise needs."""
    return wanted(command.fact.lines, store.Seeds(promises={command.fact.promise_id}))


def placed_seeds(command: PlanOrder) -> store.Seeds:
    """What was held for an order, and all that it needs."""
    fact = command.fact
    seeds = store.Seeds(promises={fact.promise_id}, orders={fact.order_id})
    return wanted((line.demand for line in fact.lines), seeds)


def left_seeds(command: CancelOrder) -> store.Seeds:
    """All that an order has."""
    return store.Seeds(promises={command.fact.promise_id}, orders={command.fact.order_id})


async def expire_hold(commands: Batch[ExpireHold], tx: Tx) -> Sequence[Book]:
    """End holds whose time has passed."""
    seeds = [store.Seeds(promises={command.promise_id}) for command in commands]
    return await decide_each(commands, tx, seeds, lambda book, command: expire(book, command.promise_id))


async def release_order(commands: Batch[ReleaseOrder], tx: Tx) -> Sequence[Book]:
    """Ask the owners for planned orders; what is gone or asked for already stays as it is."""
    seeds = [store.Seeds(planned_orders={command.planned_order_id}) for command in commands]
    return await decide_each(commands, tx, seeds, _release)


async def miss_run_answer(commands: Batch[MissRunAnswer], tx: Tx) -> Sequence[Book]:
    """Nobody knows when a run comes that production has not answered for."""
    seeds = [store.Seeds(planned_orders={command.planned_order_id}) for command in commands]
    return await decide_each(
        commands, tx, seeds, lambda book, command: answers.run_unanswered(book, command.planned_order_id)
    )


async def miss_transfer(commands: Batch[MissTransfer], tx: Tx) -> Sequence[Book]:
    """Nobody knows when goods come that should have left, or arrived, by now."""
    seeds = [store.Seeds(planned_orders={command.planned_order_id}) for command in commands]
    return await decide_each(
        commands, tx, seeds, lambda book, command: unsent.missed(book, command.planned_order_id)
    )


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
