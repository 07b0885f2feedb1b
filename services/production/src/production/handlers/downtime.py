"""Machines stand still: planned, or as it was recorded."""

from __future__ import annotations

from dataclasses import replace

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import TellDowntime
from production.domain.downtime import Downtime


async def tell_downtime(commands: Batch[TellDowntime], tx: Tx) -> list[Downtime]:
    """Keep when machines stand still; no run gets its place in that time from now on.

    Raises `NotFound`, `Invalid`. Under the lock of the work centre, since whoever schedules there reads it.
    """
    centres = await store.lock_work_centres(tx, (command.downtime.work_centre_id for command in commands))
    told = []
    for command in commands:
        downtime = replace(command.downtime, downtime_id=tx.new_id())
        if downtime.work_centre_id not in centres:
            raise NotFound(f"no work centre {downtime.work_centre_id}")
        downtime.demand_possible(centres[downtime.work_centre_id], tx.now)
        told.append(downtime)
    await store.add_downtimes(tx, told)
    return told
