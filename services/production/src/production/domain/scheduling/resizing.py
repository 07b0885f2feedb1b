"""A run of another size in time: less keeps its machines and leaves them sooner, more has to find room in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.run import Run
from production.domain.scheduling.board import Board, Booking, CannotBeScheduled
from production.domain.scheduling.places import load_of, place_within, put
from production.domain.scheduling.placing import schedule
from production.domain.scheduling.precedence import befores_with, bounds
from production.domain.scheduling.working import WorkingHours


def shortened(
    bookings: Sequence[Booking], operations: Sequence[Operation], runs: Quantity, board: Board
) -> tuple[Booking, ...]:
    """The bookings of a run that is only `runs` runs now: each begins where it did, with the setup that it has there.

    What shares a load with other runs stays as it is, and what goes on beside another operation ends after it.
    """
    found: list[Booking] = []
    for booking, operation, befores in zip(bookings, operations, befores_with(operations, runs), strict=True):
        if booking.load_id is None:
            load = load_of(operation, runs) - operation.setup_minutes + booking.setup_minutes
            place = booking.work_centre_id, load, booking.starts_at, booking.crew_id
            _, ends_at = place_within(board, *place)
            hours = WorkingHours(board.days(booking.work_centre_id, booking.crew_id))
            before = [put(board, found[place], overlap) for place, overlap in befores]
            _, done = bounds(before, hours, booking.starts_at)
            booking = replace(booking, ends_at=min(max(ends_at, done), booking.ends_at))
        found.append(booking)
    return tuple(found)


def room_for_more(
    run: Run, runs: Quantity, operations: Sequence[Operation], board: Board, now: datetime
) -> tuple[Booking, ...]:
    """Bookings for a run that is `runs` runs now, the board without its own: from where it begins, or is to have its
    material, until it is due.

    Raises `CannotBeScheduled` where it would be later than it is due and than it is now.
    """
    first = max(now, min(run.starts_at, run.material_at or run.starts_at))
    bookings = schedule(operations, runs, board, now=first, begin=run.starts_at, due=run.due_at)
    ends_at = max(each.ends_at for each in bookings)
    if ends_at > max(run.ends_at, run.due_at):
        raise CannotBeScheduled(f"its machines have no room for more of it before {ends_at:%Y-%m-%d %H:%M}")
    return bookings
