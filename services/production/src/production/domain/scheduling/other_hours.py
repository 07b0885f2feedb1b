"""A work centre has other hours or fewer machines: which of the places that it gave are hit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from production.domain.downtime import open_minutes
from production.domain.plant import Calendar, Days
from production.domain.scheduling.board import Booking


@dataclass(frozen=True, slots=True)
class OtherHours:
    """How many machines a work centre has from now on and when they are worked at, beside when they were."""

    machines: int
    was: Calendar
    calendar: Calendar

    def hit(self, booking: Booking, now: datetime) -> bool:
        """Whether a place loses its machine, or working time that is still ahead."""
        if booking.machine_no > self.machines:
            return True
        begin = max(booking.starts_at, now)
        left = open_minutes(self.calendar, begin, booking.ends_at)
        return left < open_minutes(self.was, begin, booking.ends_at)


@dataclass(frozen=True, slots=True)
class OtherCrew:
    """When a crew works from now on, beside when it did, and whether it has fewer people."""

    was: Days
    days: Days
    fewer: bool = False

    def hit(self, booking: Booking, now: datetime) -> bool:
        """Whether a place loses working time of its people that is still ahead."""
        begin = max(booking.starts_at, now)
        left = open_minutes(self.days, begin, booking.ends_at)
        return left < open_minutes(self.was, begin, booking.ends_at)
