"""Runs that take longer than planned keep their machine, and what was to be done there gives way."""

from __future__ import annotations

from datetime import datetime

from backbone.service import Batch, Tx
from production import store
from production.commands import FollowOverrun
from production.domain import record
from production.domain.run import Run
from production.domain.scheduling.overrunning import (
    GOING,
    last_of,
    lasting_until,
    overrun,
    overrun_at,
    stretched,
)
from production.handlers.moves import Stretch, gathered, made_room, shifting

NOBODY = "production"


async def follow_overrun(commands: Batch[FollowOverrun], tx: Tx) -> list[None]:
    """Reckon anew when runs end that go on beyond their places; looked at again when that has passed, too."""
    for command in commands:
        await _follow(command, tx)
    return [None] * len(commands)


async def _follow(command: FollowOverrun, tx: Tx) -> None:
    run = (await store.load_runs(tx, [command.run_id])).get(command.run_id)
    if run is not None and overrun(run, tx.now):
        why = record.Why(NOBODY, f"run {run.run_id} takes longer than planned")
        await last_until(tx, command, run, lasting_until(run, tx.now), why)


async def last_until(tx: Tx, because: object, seen: Run, until: datetime, why: record.Why) -> None:
    """Let a run that goes on, as it was `seen`, keep its last machine until then; what was to be done there gives way.

    One that is over or has another end by now stays as it is.
    """
    bookings = (await store.load_bookings_of_runs(tx, [seen.run_id])).get(seen.run_id)
    if bookings is None:
        return
    last = last_of(bookings)
    stretch = Stretch(last.work_centre_id, last.machine_no, last.ends_at, until, last.crew_id, last.people)
    shift = await shifting(tx, await gathered(tx, [seen.run_id], stretch))
    run = shift.runs[seen.run_id]
    if run.state not in GOING or run.ends_at != seen.ends_at:
        return
    shift.moved[run.run_id] = stretched(run, shift.bookings[run.run_id], until)
    await made_room(tx, because, shift, stretch.holds, why)
    tx.due("overrun", run.run_id, overrun_at(shift.after(run.run_id)))
