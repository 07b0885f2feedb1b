"""Whole sites in time: asked for, reckoned step by step beside everything else, accepted."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from backbone.errors import Invalid, NotFound
from backbone.operations import Operation, add_operation
from backbone.service import Batch, Tx
from production import store
from production.commands import AcceptSchedule, AskSchedule, RejectSchedule, SetChangeovers
from production.domain import record
from production.domain.run import LATE_SPAN_MAX
from production.domain.scheduling import Board
from production.domain.scheduling.proposal import Proposal, Reckoning
from production.domain.scheduling.site import Changeover, Move

SCHEDULE = "schedule"
CHANGEOVERS_COUNT_MAX = 2_500
# Rounds in one step: between two steps it can be cancelled.
ROUNDS_EACH_COUNT = 10


async def set_changeovers(commands: Batch[SetChangeovers], tx: Tx) -> list[tuple[Changeover, ...]]:
    """Keep what setups take after each other; raises `NotFound`, `Invalid` for a pair that is said twice."""
    centres = await store.lock_work_centres(tx, (command.work_centre_id for command in commands))
    for command in commands:
        if command.work_centre_id not in centres:
            raise NotFound(f"no work centre {command.work_centre_id}")
        pairs = {(each.from_family, each.to_family) for each in command.changeovers}
        if len(pairs) < len(command.changeovers):
            raise Invalid("nobody knows what that setup takes", [("/changeovers", "each pair is said once")])
    await store.save_changeovers(tx, {command.work_centre_id: command.changeovers for command in commands})
    return [command.changeovers for command in commands]


async def ask_schedule(commands: Batch[AskSchedule], tx: Tx) -> list[Proposal]:
    """Write down schedules that are to be reckoned; raises `NotFound` for a site without work centres, `Invalid`."""
    asked = []
    for command in commands:
        proposal = replace(command.proposal, asked_at=tx.now)
        proposal.demand_possible()
        if not await store.load_centres_of_site(tx, proposal.site_id):
            raise NotFound(f"no work centre at {proposal.site_id}")
        await store.add_schedule(tx, proposal)
        await add_operation(
            tx.sql, operation_id=proposal.schedule_id, kind=SCHEDULE, asked_by=proposal.asked_by
        )
        asked.append(proposal)
    return asked


class Scheduling:
    """Reckons schedules, one at a time: loads, lists, goes rounds of swaps, keeps what it found."""

    def __init__(self) -> None:
        self._work: dict[str, Reckoning] = {}

    async def step(self, operation: Operation, tx: Tx) -> Operation:
        """One step; whoever takes it up without the work of the step before begins anew."""
        work = self._work.pop(operation.operation_id, None)
        self._work.clear()
        if work is None:
            proposal = await _known(tx, operation.operation_id)
            work = Reckoning(await store.load_site(tx, proposal.site_id), proposal, tx.now)
            self._work[operation.operation_id] = work
            return replace(operation, done=0, total=work.rounds + 1)
        if await asyncio.to_thread(work.step, ROUNDS_EACH_COUNT):
            self._work[operation.operation_id] = work
            return replace(operation, done=work.done)
        made, moves = await asyncio.to_thread(work.proposed)
        await store.lock_schedule(tx, made.schedule_id)
        await store.add_moves(tx, made, moves)
        await store.save_schedule(tx, made)
        result = {"moved": made.moved_count, "late": made.late_count}
        return replace(operation, state="done", done=operation.total, result=result)


async def accept_schedule(commands: Batch[AcceptSchedule], tx: Tx) -> list[Proposal]:
    """Move runs to where a schedule has them, and tell of those that move beyond its damping.

    Raises `NotFound`, `ScheduleNotProposed`, `ScheduleOutdated`.
    """
    answers = []
    for command in commands:
        accepted = (await _known(tx, command.schedule_id)).accepted(command.by)
        moves = await store.load_moves(tx, command.schedule_id)
        await _carry_out(tx, command, accepted, moves)
        await store.save_schedule(tx, accepted)
        answers.append(accepted)
    return answers


async def reject_schedule(commands: Batch[RejectSchedule], tx: Tx) -> list[Proposal]:
    """Leave runs where they are; raises `NotFound`, `ScheduleNotProposed`."""
    answers = []
    for command in commands:
        rejected = (await _known(tx, command.schedule_id)).rejected(command.by)
        await store.save_schedule(tx, rejected)
        answers.append(rejected)
    return answers


async def _known(tx: Tx, schedule_id: str) -> Proposal:
    known = await store.lock_schedule(tx, schedule_id)
    if known is None:
        raise NotFound(f"no schedule {schedule_id}")
    return known


async def _carry_out(tx: Tx, command: AcceptSchedule, accepted: Proposal, moves: list[Move]) -> None:
    kept = [booking for move in moves for booking in move.bookings]
    centres = await store.lock_work_centres(tx, (each.work_centre_id for each in kept))
    ids = [move.run_id for move in moves]
    crews = await store.lock_crews(tx, (), {each.crew_id for each in kept if each.crew_id is not None})
    board = Board(centres, {}, crews=crews)
    board.book(await store.load_bookings(tx, centres, tx.now, ids))
    board.book(await store.load_manned(tx, crews, centres, tx.now, ids))
    runs = await store.lock_runs(tx, ids)
    gone_by = sum(move.starts_at + LATE_SPAN_MAX < tx.now for move in moves)
    accepted.demand_current(moves, runs, board.lacking(kept), gone_by)
    changed, notes = [], list[record.Note]()
    why = record.Why(command.by, "moved by a schedule")
    for move in moves:
        run = runs[move.run_id].changed(runs[move.run_id].state, operations=move.operations)
        run = replace(run, late_cause=move.cause)
        run = store.add_entry(run, record.moved(runs[move.run_id], run, why, tx.now), notes)
        if move.beyond(accepted.damping):
            tx.emit(run.answer(), because=command, correlation=run.root_id)
        changed.append(run)
    await store.save_runs(tx, changed)
    await store.add_notes(tx, notes)
    await store.save_bookings(tx, {move.run_id: move.bookings for move in moves})
