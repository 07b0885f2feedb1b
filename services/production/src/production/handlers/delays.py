"""Material that comes late: the runs that need it begin when it is there."""

from __future__ import annotations

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from production import store
from production.commands import AwaitMaterial
from production.domain import record
from production.domain.scheduling import CannotBeScheduled
from production.domain.scheduling.giving_way import DAMPING_SPAN
from production.domain.scheduling.site import MOVABLE
from production.handlers.moves import carried_out, gathered, shifting

TELLER = "materials"


async def await_material(commands: Batch[AwaitMaterial], tx: Tx) -> list[None]:
    """Keep when material will be there, and move what was to begin before that by more than the damping.

    Nobody gives way to what moves, and what comes sooner again is taken up by the next schedule of the site. Raises
    `NotYet` for a run that is not here yet.
    """
    for command in commands:
        await _await(command, tx)
    return [None] * len(commands)


async def _await(command: AwaitMaterial, tx: Tx) -> None:
    delayed = command.delayed
    key = delayed.planned_order_id
    found = (await store.load_runs_of_orders(tx, [key])).get(key)
    if found is None:
        raise NotYet(key)
    if found.state not in MOVABLE:
        return
    shift = await shifting(tx, await gathered(tx, [found.run_id]))
    run = shift.runs[found.run_id]
    if run.state not in MOVABLE:
        return
    shift.expect(run.run_id, delayed.at)
    if delayed.at > run.starts_at + DAMPING_SPAN:
        try:
            shift.wait(run.run_id)
        except CannotBeScheduled:
            # A year has no place for it: it keeps the one that it has until it is staged or scheduled anew.
            shift.moved.pop(run.run_id, None)
    why = record.Why(TELLER, "its material comes later", delayed.reason, delayed.cause)
    await carried_out(tx, command, shift, why)
    if run.run_id not in shift.moved and run.material_at != delayed.at:
        await store.save_runs(tx, [shift.runs[run.run_id].changed(run.state)])
