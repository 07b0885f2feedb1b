"""Hours or machines of work centres change: what is hit and has not begun moves, nothing else does."""

from __future__ import annotations

from collections.abc import Mapping

from backbone.errors import VersionMoved
from backbone.service import Tx
from production import store
from production.domain import record
from production.domain.scheduling import Booking
from production.domain.scheduling.other_hours import OtherHours
from production.handlers.moves import Gathered, gathered, made_room, shifting


async def hit_by(tx: Tx, changes: Mapping[str, OtherHours]) -> Gathered:
    """The runs that changes of these work centres hit; the centres are locked, with all that those runs may need.

    Raises `VersionMoved` when others came meanwhile.
    """
    known = await gathered(tx, await _hit(tx, changes))
    await store.lock_work_centres(tx, known.centres | changes.keys())
    if not await _hit(tx, changes) <= known.run_ids:
        raise VersionMoved("another run got its place there just now")
    return known


async def make_way(
    tx: Tx, because: object, known: Gathered, changes: Mapping[str, OtherHours], why: record.Why
) -> None:
    """Move what is hit, once the changes are written; raises `CannotBeScheduled`."""

    def in_the_way(booking: Booking) -> bool:
        change = changes.get(booking.work_centre_id)
        return change is not None and booking.ends_at > tx.now and change.hit(booking, tx.now)

    if known.run_ids:
        await made_room(tx, because, await shifting(tx, known), in_the_way, why)


async def _hit(tx: Tx, changes: Mapping[str, OtherHours]) -> set[str]:
    kept = await store.load_bookings_at(tx, changes, tx.now)
    return {
        run_id
        for run_id, bookings in kept.items()
        if any(changes[each.work_centre_id].hit(each, tx.now) for each in bookings)
    }
