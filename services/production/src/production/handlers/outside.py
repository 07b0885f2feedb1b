"""What becomes of the work that is bought for runs: a vendor is asked, agrees, sends it back, or does not do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from contracts.values import ZERO
from contracts.vendors import (
    GoodsReceived,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderIssued,
    PurchaseRefused,
)
from production import store
from production.commands import ActOnRun, FollowPurchase
from production.domain import record
from production.domain.act import Abort, Receive
from production.domain.at_vendor import HERE, agreed, asked_of, let_go, moved_to
from production.domain.run import Run
from production.domain.scheduling import CannotBeScheduled, schedule, told
from production.domain.scheduling.giving_way import DAMPING_SPAN
from production.domain.scheduling.overrunning import GOING
from production.handlers.desk import desk_for
from production.handlers.overruns import last_until
from production.handlers.runs import board_for


async def follow_purchase(commands: Batch[FollowPurchase], tx: Tx) -> list[None]:
    """Follow what is said of the work that runs buy; raises `NotYet` for a run that is not here or at work yet."""
    for command in commands:
        run = (await store.load_runs_of_orders(tx, [command.planned_order_id])).get(command.planned_order_id)
        if run is None:
            raise NotYet(command.planned_order_id)
        if not run.over and run.floor.bought is not None:
            await _FOLLOWS[type(command.fact)](command, run, tx)
    return [None] * len(commands)


async def _locked(tx: Tx, run: Run) -> Run:
    return (await store.lock_runs(tx, [run.run_id]))[run.run_id]


async def _asked(command: FollowPurchase, seen: Run, tx: Tx) -> None:
    fact = command.fact
    assert isinstance(fact, PurchaseOrderIssued)
    run = await _locked(tx, seen)
    await store.save_runs(tx, [asked_of(run, fact.purchase_order_id, fact.vendor_id)])


async def _agreed(command: FollowPurchase, seen: Run, tx: Tx) -> None:
    """The vendor's date counts: a run that ends later by it moves, or keeps its place for longer if it has begun."""
    fact = command.fact
    assert isinstance(fact, OrderAcknowledged)
    if seen.floor.bought is None or seen.floor.bought.purchase_order_id != fact.purchase_order_id:
        return
    at = max(line.at for line in fact.lines)
    why = record.Why(f"vendor {fact.vendor_id}", "its work is agreed for later", cause="capacity")
    if seen.state in HERE and at > seen.ends_at + DAMPING_SPAN:
        await _moved(command, seen, at, why, tx)
        return
    run = agreed(await _locked(tx, seen), at)
    await store.save_runs(tx, [run])
    if run.state in GOING and at > run.ends_at + DAMPING_SPAN:
        await last_until(tx, command, run, at, why)


async def _moved(command: FollowPurchase, seen: Run, at: datetime, why: record.Why, tx: Tx) -> None:
    recipes = await store.load_recipes(tx, [(seen.recipe_id, seen.recipe_version)])
    board = await board_for(tx, recipes, (seen.run_id,))
    was = await _locked(tx, seen)
    run = agreed(was, at)
    operations = recipes[run.recipe_id, run.recipe_version].content.operations
    try:
        bookings = schedule(operations, run.runs, board, now=tx.now, begin=run.starts_at, due=at)
    except CannotBeScheduled:
        # A year has no place for it: it keeps the one that it has.
        await store.save_runs(tx, [run])
        return
    run = replace(run, operations=told(bookings, operations, run.runs)).blamed("capacity", was)
    notes: list[record.Note] = []
    run = store.add_entry(moved_to(run, run.ends_at), record.moved(was, run, why, tx.now), notes)
    tx.emit(run.answer(), because=command, correlation=run.root_id)
    await store.save_runs(tx, [run])
    await store.save_bookings(tx, {run.run_id: bookings})
    await store.add_notes(tx, notes)


async def _refused(command: FollowPurchase, seen: Run, tx: Tx) -> None:
    """Nobody does the work: a run that has not begun has no place any more, one that has is given up."""
    fact = command.fact
    assert isinstance(fact, PurchaseRefused)
    if seen.state not in HERE:
        await _given_up(command, seen, fact.reason, tx)
        return
    run = await _locked(tx, seen)
    floor = replace(run.floor, staged=())
    run = run.refused(fact.reason).changed("refused", floor=floor, staged_runs=run.done_runs)
    tx.emit(run.answer(), because=command, correlation=run.root_id)
    await store.save_runs(tx, [run])
    await store.save_bookings(tx, {run.run_id: ()})


async def _received(command: FollowPurchase, seen: Run, tx: Tx) -> None:
    fact = command.fact
    assert isinstance(fact, GoodsReceived)
    if seen.state in {"scheduled", "held"}:
        raise NotYet(seen.run_id)
    lines = [line for line in fact.lines if line.planned_order_id == command.planned_order_id]
    parts = tuple(part for line in lines for part in line.lots)
    if parts:
        act = Receive(parts, complete=all(line.complete for line in lines))
        await _act(command, ActOnRun(seen.run_id, act, f"vendor {fact.vendor_id}"), tx)


async def _cancelled(command: FollowPurchase, seen: Run, tx: Tx) -> None:
    """That vendor does it no more; the next one is asked, or somebody tells that there is none."""
    fact = command.fact
    assert isinstance(fact, PurchaseOrderCancelled)
    run = await _locked(tx, seen)
    await store.save_runs(tx, [let_go(run, fact.purchase_order_id)])


async def _given_up(command: FollowPurchase, seen: Run, reason: str, tx: Tx) -> None:
    """What is done stays, and the rest is not done."""
    if seen.done_runs > ZERO and seen.state == "held":
        raise NotYet(seen.run_id)
    act = Receive((), complete=True) if seen.done_runs > ZERO else Abort(reason)
    await _act(command, ActOnRun(seen.run_id, act, "vendors"), tx)


async def _act(because: object, act: ActOnRun, tx: Tx) -> None:
    desk = await desk_for(tx, [act.run_id])
    desk.act(tx, because, act)
    await desk.save(tx)


_FOLLOWS: Final[dict[type, Callable[[FollowPurchase, Run, Tx], Awaitable[None]]]] = {
    PurchaseOrderIssued: _asked,
    OrderAcknowledged: _agreed,
    PurchaseRefused: _refused,
    GoodsReceived: _received,
    PurchaseOrderCancelled: _cancelled,
}
