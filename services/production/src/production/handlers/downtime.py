"""Machines stand still: planned, or as it was recorded."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import TellDowntime, WithdrawDowntime
from production.domain import record
from production.domain.downtime import Downtime
from production.handlers.moves import Gathered, Stretch, gathered, made_room, shifting


async def tell_downtime(commands: Batch[TellDowntime], tx: Tx) -> list[Downtime]:
    """Keep when machines stand still; runs that were to be done there then and have not begun give way.

    Raises `NotFound`, `Invalid`. Under the lock of the work centres, since whoever schedules there reads it.
    """
    giving = [await gathered(tx, (), _stretch(command.downtime)) for command in commands]
    named = {command.downtime.work_centre_id for command in commands}
    centres = await store.lock_work_centres(tx, named | {name for each in giving for name in each.centres})
    told = []
    for command in commands:
        downtime = replace(command.downtime, downtime_id=tx.new_id())
        if downtime.work_centre_id not in centres:
            raise NotFound(f"no work centre {downtime.work_centre_id}")
        downtime.demand_possible(centres[downtime.work_centre_id], tx.now)
        told.append(downtime)
    await store.add_downtimes(tx, told)
    for command, each in zip(commands, giving, strict=True):
        await _give_way(tx, command, each)
    return told


async def withdraw_downtime(commands: Batch[WithdrawDowntime], tx: Tx) -> list[Downtime]:
    """Take back that machines stand still, from now on where they do already; raises `NotFound`.

    What gave way stays where it is now: whoever is scheduled next may have the time.
    """
    await store.lock_work_centres(tx, (command.work_centre_id for command in commands))
    known = await store.lock_downtimes(tx, (command.downtime_id for command in commands))
    been: list[Downtime] = []
    for command in commands:
        downtime = known.get(command.downtime_id)
        if downtime is None or downtime.work_centre_id != command.work_centre_id:
            raise NotFound(f"no downtime {command.downtime_id} of {command.work_centre_id}")
        until = downtime.until(tx.now)
        if until is not None:
            been.append(replace(until, downtime_id=tx.new_id()))
        known[command.downtime_id] = downtime.withdrawn(command.by, tx.now)
    await store.save_downtimes(tx, known.values())
    await store.add_downtimes(tx, been)
    return [known[command.downtime_id] for command in commands]


async def _give_way(tx: Tx, command: TellDowntime, giving: Gathered) -> None:
    downtime, stretch = command.downtime, _stretch(command.downtime)
    if stretch.end <= tx.now or not giving.run_ids:
        return
    shift = await shifting(tx, giving)
    why = record.Why(
        downtime.by,
        f"machine {downtime.machine_no} of {downtime.work_centre_id} stands still",
        downtime.reason,
    )
    await made_room(tx, command, shift, stretch.holds, why)


def _stretch(downtime: Downtime) -> Stretch:
    return Stretch(downtime.work_centre_id, downtime.machine_no, downtime.starts_at, downtime.ends_at)
