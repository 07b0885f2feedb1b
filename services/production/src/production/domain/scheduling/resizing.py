"""A run of another size in time: one that became less keeps its machines and leaves them sooner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.production import Operation
from contracts.values import Quantity
from production.domain.scheduling.placing import Board, Booking, load_of, place_within


def shortened(
    bookings: Sequence[Booking], operations: Sequence[Operation], runs: Quantity, board: Board
) -> tuple[Booking, ...]:
    """The bookings of a run that is only `runs` runs now: each begins where it did, with the setup that it has there.

    What shares a load with other runs stays as it is.
    """
    found = []
    for booking, operation in zip(bookings, operations, strict=True):
        if booking.load_id is None:
            load = load_of(operation, runs) - operation.setup_minutes + booking.setup_minutes
            _, ends_at = place_within(board, booking.work_centre_id, load, booking.starts_at)
            booking = replace(booking, ends_at=max(booking.starts_at, min(ends_at, booking.ends_at)))
        found.append(booking)
    return tuple(found)
