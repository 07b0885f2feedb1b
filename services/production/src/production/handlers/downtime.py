"""Machines stand still: planned, or as it was recorded."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import TellDowntime
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
    await made_room(tx, command, shift, stretch, why)


def _stretch(downtime: Downtime) -> Stretch:
    return Stretch(downtime.work_centre_id, downtime.machine_no, downtime.starts_at, downtime.ends_at)
