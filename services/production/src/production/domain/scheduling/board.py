"""Work centres with their hours, and what their machines are kept for."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from backbone.errors import Refusal
from contracts.recipes import Operation
from contracts.values import ZERO, Quantity
from production.domain.crew import Crew
from production.domain.plant import Calendar, Days, Span, WorkCentre
from production.domain.scheduling.crewing import BothHours, Manned, Way, busy

FIRST: Final = datetime.min.replace(tzinfo=UTC)


class CannotBeScheduled(Refusal):
    """There is no place in time for a run."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A machine of a work centre, numbered from 1, kept for an operation; its setup is at the beginning.

    Operations of one `load_id` share a load: they have the same place. So many `people` of a crew are at it as long as
    it lasts; where no crew is named it is the people of the work centre.
    """

    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    ends_at: datetime
    setup_minutes: Quantity = ZERO
    load_id: str | None = None
    crew_id: str | None = None
    people: int = 0

    @property
    def place(self) -> tuple[str, int, datetime, datetime]:
        """Where and when it is."""
        return self.work_centre_id, self.machine_no, self.starts_at, self.ends_at

    def by(self, crew_id: str | None, people: int) -> Booking:
        """The place with so many people of a crew; without a crew they are those of the work centre."""
        return replace(self, crew_id=crew_id, people=people if crew_id is not None else 0)

    def joined(self, other: Booking) -> Booking:
        """Its operation in the load of another one."""
        return replace(
            other, operation_no=self.operation_no, setup_minutes=self.setup_minutes, load_id=self.load_id
        )


@dataclass(slots=True)
class Board:
    """Work centres, their hours, and when each of their machines is taken; bookings are put on it as they are made.

    `loads` are those of them that others may share. `manned` is when people of `crews` are taken, and how many.
    """

    centres: Mapping[str, WorkCentre]
    calendars: Mapping[str, Calendar]
    taken: dict[tuple[str, int], list[Span]] = field(default_factory=dict)
    loads: dict[str, Booking] = field(default_factory=dict)
    crews: Mapping[str, Crew] = field(default_factory=dict)
    manned: dict[str, list[Manned]] = field(default_factory=dict)

    def book(self, bookings: Iterable[Booking]) -> None:
        """Keep machines for operations; what takes no time takes no machine."""
        for each in bookings:
            if each.starts_at < each.ends_at:
                spans = self.taken.setdefault((each.work_centre_id, each.machine_no), [])
                insort(spans, (each.starts_at, each.ends_at))
                self.man(each)
            if each.load_id is not None:
                self.loads[each.load_id] = each

    def man(self, booking: Booking) -> None:
        """Keep people for an operation; those of one load are the same people."""
        known = self.loads.get(booking.load_id or "")
        if booking.crew_id is not None and (known is None or known.place != booking.place):
            taken = (booking.starts_at, booking.ends_at, booking.people)
            insort(self.manned.setdefault(booking.crew_id, []), taken)

    def unman(self, booking: Booking) -> None:
        """Keep people no more that were kept for this alone."""
        if booking.crew_id is not None:
            self.manned[booking.crew_id].remove((booking.starts_at, booking.ends_at, booking.people))

    def has_people(self, booking: Booking) -> bool:
        """Whether its crew is there with so many people that nobody else has at that time."""
        if booking.crew_id is None or booking.starts_at == booking.ends_at:
            return True
        crew = self.crews.get(booking.crew_id)
        if crew is None or crew.people < booking.people:
            return False
        taken = self.busy(crew, booking.people)
        return not any(begin < booking.ends_at and end > booking.starts_at for begin, end in taken)

    def busy(self, crew: Crew, people: int, besides: Iterable[Booking] = ()) -> list[Span]:
        """When a crew has not so many people left, in order and apart."""
        more = [
            (each.starts_at, each.ends_at, each.people) for each in besides if each.crew_id == crew.crew_id
        ]
        return busy([*self.manned.get(crew.crew_id, ()), *more], crew.people - people)

    def lacking(self, bookings: Iterable[Booking]) -> int:
        """How many of these places are not to be had, all of them together; they are kept now."""
        count = 0
        for each in bookings:
            load = self.loads.get(each.load_id or "")
            if load is None or load.place != each.place:
                count += not self.free(each)
            self.book([each])
        return count

    def days(self, work_centre_id: str, crew_id: str | None = None) -> Days:
        """When a centre and a crew both work; raises `CannotBeScheduled` when either, or its calendar, is unknown."""
        calendar = self.calendar(work_centre_id)
        if crew_id is None:
            return calendar
        crew = self.crews.get(crew_id)
        if crew is None or crew.calendar_id not in self.calendars:
            raise CannotBeScheduled(f"no crew {crew_id}")
        return BothHours(calendar, self.calendars[crew.calendar_id])

    def ways(self, operation: Operation, work_centre_id: str, besides: Sequence[Booking] = ()) -> list[Way]:
        """By whom an operation can be done at a centre; raises `CannotBeScheduled` for a skill that nobody has."""
        if not operation.skill:
            return [Way(None, self.calendar(work_centre_id))]
        site_id = self.centres[work_centre_id].site_id
        found = [
            Way(
                each.crew_id,
                self.days(work_centre_id, each.crew_id),
                self.busy(each, operation.people, besides),
            )
            for each in self.crews.values()
            if (each.site_id, each.skill) == (site_id, operation.skill) and each.people >= operation.people
        ]
        if not found:
            raise CannotBeScheduled(
                f"no crew of {site_id} has {operation.people} people for {operation.skill}"
            )
        return found

    def free(self, booking: Booking) -> bool:
        """Whether its machine is there, nothing is put on it at that time, and its crew has people left."""
        centre = self.centres.get(booking.work_centre_id)
        if centre is None or booking.machine_no > centre.machines:
            return False
        spans = self.taken.get((booking.work_centre_id, booking.machine_no), [])
        before = bisect_left(spans, (booking.ends_at, FIRST)) - 1
        alone = before < 0 or spans[before][1] <= booking.starts_at or booking.starts_at == booking.ends_at
        return alone and self.has_people(booking)

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
