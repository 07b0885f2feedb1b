"""Hours, machines or people change: what is hit and has not begun moves, nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backbone.errors import VersionMoved
from backbone.service import Tx
from production import store
from production.domain import record
from production.domain.scheduling import Booking
from production.domain.scheduling.other_hours import OtherCrew, OtherHours
from production.handlers.moves import Gathered, gathered, made_room, shifting


@dataclass(frozen=True, slots=True)
class Changes:
    """What is other from now on, by work centre and by crew."""

    centres: Mapping[str, OtherHours] = field(default_factory=dict)
    crews: Mapping[str, OtherCrew] = field(default_factory=dict)

    def hit(self, booking: Booking, now: datetime) -> bool:
        """Whether a place loses its machine, or working time that is still ahead."""
        centre, crew = self.centres.get(booking.work_centre_id), self.crews.get(booking.crew_id or "")
        return (centre is not None and centre.hit(booking, now)) or (
            crew is not None and crew.hit(booking, now)
        )


async def hit_by(tx: Tx, changes: Changes) -> Gathered:
    """The runs that changes hit; what changes is locked, with all that those runs may need.

    Raises `VersionMoved` when others came meanwhile.
    """
    known = await gathered(tx, await _hit(tx, changes))
    await store.lock_work_centres(tx, known.centres | changes.centres.keys())
    await store.lock_crews(tx, (), changes.crews)
    if not await _hit(tx, changes) <= known.run_ids:
        raise VersionMoved("another run got its place there just now")
    return known


async def make_way(tx: Tx, because: object, known: Gathered, changes: Changes, why: record.Why) -> None:
    """Move what is hit, or has too few people now, once the changes are written; raises `CannotBeScheduled`."""

    def in_the_way(booking: Booking) -> bool:
        return booking.ends_at > tx.now and changes.hit(booking, tx.now)

    if known.run_ids:
        await made_room(tx, because, await shifting(tx, known), in_the_way, why)


async def _hit(tx: Tx, changes: Changes) -> set[str]:
    kept = await store.load_bookings_at(tx, changes.centres, tx.now)
    found = {
        run_id
        for run_id, bookings in kept.items()
        if any(changes.centres[each.work_centre_id].hit(each, tx.now) for each in bookings)
    }
    if not changes.crews:
        return found
    manned = await store.load_bookings_of_crews(tx, changes.crews, tx.now)
    # Who of them has too few people now is seen when each is kept in its turn.
    return found | {
        run_id
        for run_id, bookings in manned.items()
        for each in bookings
        if (crew := changes.crews[each.crew_id or ""]).fewer or crew.hit(each, tx.now)
    }
