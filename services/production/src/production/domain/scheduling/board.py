"""Work centres with their hours, and what their machines are kept for."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from backbone.errors import Refusal
from contracts.values import ZERO, Quantity
from production.domain.plant import Calendar, WorkCentre

FIRST: Final = datetime.min.replace(tzinfo=UTC)

Span = tuple[datetime, datetime]


class CannotBeScheduled(Refusal):
    """There is no place in time for a run."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A machine of a work centre, numbered from 1, kept for an operation; its setup is at the beginning.

    Operations of one `load_id` share a load: they have the same place.
    """

    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    ends_at: datetime
    setup_minutes: Quantity = ZERO
    load_id: str | None = None

    @property
    def place(self) -> tuple[str, int, datetime, datetime]:
        """Where and when it is."""
        return self.work_centre_id, self.machine_no, self.starts_at, self.ends_at

    def joined(self, other: Booking) -> Booking:
        """Its operation in the load of another one."""
        return replace(
            other, operation_no=self.operation_no, setup_minutes=self.setup_minutes, load_id=self.load_id
        )


@dataclass(slots=True)
class Board:
    """Work centres, their hours, and when each of their machines is taken; bookings are put on it as they are made.

    `loads` are those of them that others may share.
    """

    centres: Mapping[str, WorkCentre]
    calendars: Mapping[str, Calendar]
    taken: dict[tuple[str, int], list[Span]] = field(default_factory=dict)
    loads: dict[str, Booking] = field(default_factory=dict)

    def book(self, bookings: Iterable[Booking]) -> None:
        """Keep machines for operations; what takes no time takes no machine."""
        for each in bookings:
            if each.starts_at < each.ends_at:
                spans = self.taken.setdefault((each.work_centre_id, each.machine_no), [])
                insort(spans, (each.starts_at, each.ends_at))
            if each.load_id is not None:
                self.loads[each.load_id] = each

    def free(self, booking: Booking) -> bool:
        """Whether its machine is there and nothing is put on it at that time."""
        centre = self.centres.get(booking.work_centre_id)
        if centre is None or booking.machine_no > centre.machines:
            return False
        spans = self.taken.get((booking.work_centre_id, booking.machine_no), [])
        before = bisect_left(spans, (booking.ends_at, FIRST)) - 1
        return before < 0 or spans[before][1] <= booking.starts_at or booking.starts_at == booking.ends_at

    def calendar(self, work_centre_id: str) -> Calendar:
        """When a centre works; raises `CannotBeScheduled` when it, or its calendar, is unknown."""
        centre = self.centres.get(work_centre_id)
        if centre is None:
            raise CannotBeScheduled(f"no work centre {work_centre_id}")
        if centre.calendar_id not in self.calendars:
            raise CannotBeScheduled(f"no calendar {centre.calendar_id}")
        return self.calendars[centre.calendar_id]

    def machines(
        self, work_centre_id: str, besides: Sequence[Booking] = ()
    ) -> Iterator[tuple[int, list[Span]]]:
        """The machines of a centre with what they are taken for, `besides` for these bookings.

        Of those that are all free the first is enough.
        """
        for number in range(1, self.centres[work_centre_id].machines + 1):
            spans = self.taken.get((work_centre_id, number), [])
            more = [
                (each.starts_at, each.ends_at)
                for each in besides
                if each.place[:2] == (work_centre_id, number) and each.starts_at < each.ends_at
            ]
            if more:
                spans = sorted([*spans, *more])
            yield number, spans
            if not spans:
                return
