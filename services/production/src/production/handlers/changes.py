"""Less of runs: kept possible, carried out or let go; and what planners want of runs: when, how much, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backbone.errors import NotYet
from backbone.service import Batch, Tx, changed
from contracts.answers import ActionMessageAccepted
from production import store
from production.commands import AnswerProbe, FollowChange, FollowWish
from production.domain import changing, record
from production.domain.at_vendor import followed
from production.domain.changing import Probe
from production.domain.run import Facts, Run
from production.domain.scheduling import Board, Booking, CannotBeScheduled, schedule, told
from production.domain.scheduling.resizing import room_for_more, shortened
from production.handlers.blocking import settle_reworks
from production.handlers.runs import Recipes, board_for


async def answer_probe(commands: Batch[AnswerProbe], tx: Tx) -> list[Probe]:
    """Say whether runs can be less; asked again, the same answer is given. Raises `NotYet`."""
    probes = [command.probe for command in commands]
    known = await store.lock_probes(tx, (each.change_id for each in probes))
    runs = await store.lock_runs_of_orders(tx, (each.planned_order_id for each in probes))
    answers = []
    for command, ask in zip(commands, probes, strict=True):
        run = runs.get(ask.planned_order_id)
        if run is None:
            raise NotYet(ask.planned_order_id)
        kept = known.setdefault(ask.change_id, {})
        probe, tombstone = kept.get(ask.planned_order_id), kept.get("")
        if probe is None and tombstone is not None:
            probe = replace(tombstone, planned_order_id=ask.planned_order_id)
        kept[ask.planned_order_id] = probe = probe or changing.answered(ask, run)
        tx.emit(probe.told(run.run_id), because=command, correlation=run.root_id)
        answers.append(probe)
    await store.save_runs(tx, runs.values())
    await store.save_probes(tx, answers)
    return answers


async def follow_change(commands: Batch[FollowChange], tx: Tx) -> list[None]:
    """Customers have decided: what is kept for their changes is carried out, or let go."""
    known = await store.lock_probes(tx, (command.change_id for command in commands))
    locked = await store.lock_runs_of_orders(tx, (key for probes in known.values() for key in probes if key))
    runs = dict(locked)
    written: list[Probe] = []
    notes: list[record.Note] = []
    for command in commands:
        probes = known.get(command.change_id, {})
        if not command.committed:
            written += changing.withdrawn(command.change_id, probes, tx.now)
            continue
        for key, probe in probes.items():
            if probe.state == "held":
                other, facts = changing.lessened(runs[key], probe, tx.now)
                other, more = followed(runs[key], other)
                runs[key] = _noted(tx, runs[key], other, changing.of_change(probe.change_id), notes)
                tx.emit(*facts, *more, because=command, correlation=other.root_id)
                written.append(replace(probe, state="done"))
    less = changed(locked, runs)
    await store.save_runs(tx, less)
    await settle_reworks(tx, less)
    await store.save_asked(tx, less)
    await store.save_probes(tx, written)
    await store.add_notes(tx, notes)
    return [None] * len(commands)


async def follow_wish(commands: Batch[FollowWish], tx: Tx) -> list[None]:
    """Planners want runs sooner, later, larger, smaller or not at all: so they are, or planners hear why not."""
    wishes = [command.wish for command in commands]
    # Work centres are locked before runs, so whose runs are to be moved is looked up first.
    moving = await store.load_runs_of_orders(tx, changing.movable(wishes))
    recipes = await store.load_recipes(tx, ((run.recipe_id, run.recipe_version) for run in moving.values()))
    await board_for(tx, recipes)
    locked = await store.lock_runs_of_orders(tx, (wish.planned_order_id for wish in wishes))
    runs = dict(locked)
    notes: list[record.Note] = []
    for command in commands:
        key = command.wish.planned_order_id
        if key in runs:
            other, told_of = await _wished(tx, command.wish, runs[key], recipes)
            other, more = followed(runs[key], other)
            runs[key] = _noted(tx, runs[key], other, changing.of_wish(command.wish), notes)
            tx.emit(*told_of, *more, because=command, correlation=other.root_id)
    await store.save_runs(tx, runs.values())
    await settle_reworks(tx, runs.values())
    await store.save_asked(tx, changed(locked, runs))
    await store.add_notes(tx, notes)
    return [None] * len(commands)


def _noted(tx: Tx, was: Run, run: Run, why: record.Why, notes: list[record.Note]) -> Run:
    """The run with what became of it in its record, where it is given up, or has another size or place."""
    if run.state == "aborted" and was.state != "aborted":
        return store.add_entry(run, record.cancelled(why, tx.now), notes)
    if run.runs != was.runs:
        return store.add_entry(run, record.resized(was, run, why, tx.now), notes)
    if run.operations != was.operations:
        return store.add_entry(run, record.moved(was, run, why, tx.now), notes)
    return run


async def _wished(tx: Tx, wish: ActionMessageAccepted, run: Run, recipes: Recipes) -> tuple[Run, Facts]:
    if wish.kind not in {"cancel", "expedite", "defer", "increase", "decrease"}:
        return run, ()
    if run.state not in changing.AHEAD:
        return run, (changing.refused_wish(wish, run, f"run {run.run_id} is {run.state} already"),)
    if wish.kind == "cancel":
        return run.aborted(changing.PLANNER_CANCELS, tx.now)
    if wish.kind in {"increase", "decrease"}:
        return await _resized(tx, wish, run, recipes)
    if wish.wanted_at is None:
        return run, ()
    try:
        # Every other run keeps its place: the board is read anew for each, with what was moved before.
        board = await board_for(tx, recipes, (run.run_id,))
        moved, bookings = _moved(run, wish.kind == "expedite", wish.wanted_at, recipes, board, tx.now)
    except CannotBeScheduled as refusal:
        return run, (changing.refused_wish(wish, run, refusal.detail),)
    await store.save_bookings(tx, {run.run_id: bookings})
    return moved, (moved.answer(),)


async def _resized(tx: Tx, wish: ActionMessageAccepted, run: Run, recipes: Recipes) -> tuple[Run, Facts]:
    """The run at another size: less leaves its machines sooner, more has room before it is due, or is refused."""
    held = await store.load_held(tx, [run.planned_order_id])
    reason = changing.not_resized(run, wish, held.get(run.planned_order_id), tx.now)
    if reason is not None:
        return run, (changing.refused_wish(wish, run, reason),)
    other, facts = changing.resized(run, wish)
    operations = recipes[run.recipe_id, run.recipe_version].content.operations
    board = await board_for(tx, recipes, (run.run_id,))
    try:
        if other.runs < run.runs:
            kept = await store.load_bookings_of_runs(tx, [run.run_id])
            bookings = shortened(kept.get(run.run_id, ()), operations, other.runs, board)
        else:
            bookings = room_for_more(run, other.runs, operations, board, tx.now)
    except CannotBeScheduled as refusal:
        return run, (changing.refused_wish(wish, run, refusal.detail),)
    await store.save_bookings(tx, {run.run_id: bookings})
    other = replace(other, operations=told(bookings, operations, other.runs)).blamed("capacity", run)
    return other, (*facts, other.answer())


def _moved(
    run: Run, sooner: bool, wanted_at: datetime, recipes: Recipes, board: Board, now: datetime
) -> tuple[Run, tuple[Booking, ...]]:
    """The run at another place, ending by then if it can; raises `CannotBeScheduled` where none is better."""
    operations = recipes[run.recipe_id, run.recipe_version].content.operations
    begin = now if sooner else run.starts_at
    bookings = schedule(operations, run.runs, board, now=now, begin=begin, due=wanted_at)
    moved = run.changed(run.state, operations=told(bookings, operations, run.runs), due_at=wanted_at)
    moved = moved.blamed("capacity")
    if sooner and moved.ends_at >= run.ends_at:
        raise CannotBeScheduled(f"no machine is free for it before {run.ends_at:%Y-%m-%d %H:%M}")
    return moved, bookings
