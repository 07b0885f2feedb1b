"""Free places for one operation: the last one before a moment, or the next one after it, and where it ends first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.plant import Days, Span
from production.domain.routing import whole_loads
from production.domain.scheduling.board import FIRST, Board, Booking, CannotBeScheduled
from production.domain.scheduling.crewing import Way
from production.domain.scheduling.precedence import Overlap, Placed, earliest, latest_end, seconds_of
from production.domain.scheduling.working import (
    HORIZON_DAYS_MAX,
    WorkingHours,
    horizon,
    span_after,
    span_before,
)

_LAST: Final = datetime.max.replace(tzinfo=UTC)


def load_of(operation: Operation, runs: Quantity) -> Quantity:
    """The minutes that `runs` runs, in whole loads, keep a machine."""
    return operation.setup_minutes + operation.run_minutes.times(whole_loads(operation, runs))


def no_place(at: datetime) -> CannotBeScheduled:
    return CannotBeScheduled(f"the work does not fit into the {HORIZON_DAYS_MAX} days from {at:%Y-%m-%d}")


def place_within(
    board: Board, work_centre_id: str, load: Quantity, starts_at: datetime, crew_id: str | None = None
) -> Span:
    """When work begins and ends that is to begin at a moment; raises `CannotBeScheduled` beyond a year."""
    span = timedelta(seconds=seconds_of(load))
    place = span_after(board.days(work_centre_id, crew_id), span, starts_at, horizon(starts_at))
    if place is None:
        raise no_place(starts_at)
    return place


def placed_at(
    board: Board,
    operation: Operation,
    work_centre_id: str,
    load: Quantity,
    starts_at: datetime,
    crew_id: str | None = None,
) -> tuple[Span, str | None]:
    """When an operation begins and ends that is to begin at a moment, and by which crew: its own, or who ends first.

    Raises `CannotBeScheduled` beyond a year.
    """
    crews = [way.crew_id for way in board.ways(operation, work_centre_id)]
    if crew_id in crews:
        crews = [crew_id]
    places = [(place_within(board, work_centre_id, load, starts_at, each), each) for each in crews]
    return min(places, key=lambda place: (place[0][1], place[1] or ""))


def place_from(
    board: Board, operation: Operation, runs: Quantity, at: datetime, befores: Sequence[Placed[datetime]] = ()
) -> Booking:
    """The next free place for an operation behind those before it, where it ends first.

    Raises `CannotBeScheduled` beyond a year.
    """
    step = Step(operation, seconds_of(load_of(operation, runs)), centres_in_order(operation))
    found = step.soonest(board, at, befores)
    if found is None:
        raise no_place(at)
    return found


def put(board: Board, booking: Booking, overlap: Overlap | None) -> Placed[datetime]:
    """A booking as one that comes before, or after, another operation."""
    hours = WorkingHours(board.days(booking.work_centre_id, booking.crew_id))
    setup = seconds_of(booking.setup_minutes)
    return Placed(booking.starts_at, setup, booking.ends_at, hours, overlap)


def centres_in_order(operation: Operation) -> tuple[str, ...]:
    """Where an operation may be done, the planned work centre first."""
    return operation.work_centre_id, *operation.alternates


# A place, which way that is, on which machine, where and by whom.
_Found = tuple[Span, int, int, str, Way]
# The best place beside what is busy, None where there is none.
Search = Callable[[Sequence[Span]], Span | None]


@dataclass(frozen=True, slots=True)
class Step:
    """An operation with the seconds that it takes, and where it may be done: at the first of equal places."""

    operation: Operation
    span: int
    centres: tuple[str, ...]

    def latest(
        self,
        board: Board,
        first: datetime,
        due: datetime,
        followers: Sequence[Placed[datetime]],
        besides: Sequence[Booking],
    ) -> Booking | None:
        """The place that ends last, not before `first`; None where there is none in time."""
        setup, span = seconds_of(self.operation.setup_minutes), timedelta(seconds=self.span)

        def within(way: Way) -> Search:
            ends = latest_end(followers, WorkingHours(way.days), setup, self.span, due)
            return lambda busy: _latest(way.days, span, busy, first, ends)

        found = list(self._free(board, besides, within))
        if not found:
            return None
        return self._at(max(found, key=lambda each: (each[0][1], each[0][0], -each[1], -each[2])))

    def soonest(
        self,
        board: Board,
        at: datetime,
        befores: Sequence[Placed[datetime]],
        besides: Sequence[Booking] = (),
    ) -> Booking | None:
        """The place that ends first, not before `at`; None beyond a year."""
        last, span = horizon(at), timedelta(seconds=self.span)

        def within(way: Way) -> Search:
            first = earliest(befores, WorkingHours(way.days), self.span, at)
            return lambda busy: _soonest(way.days, span, busy, first, last)

        found = list(self._free(board, besides, within))
        if not found:
            return None
        return self._at(min(found, key=lambda each: (each[0][1], each[0][0], each[1], each[2])))

    def _free(
        self, board: Board, besides: Sequence[Booking], within: Callable[[Way], Search]
    ) -> Iterator[_Found]:
        """Of each way the best place that it has at all where a machine is free then, else that of each machine."""
        for rank, (name, way) in enumerate(self._ways(board, besides)):
            search = within(way)
            best = search(way.busy)
            if best is None:
                continue
            machine = _first_free(board, name, best, besides)
            if machine is not None:
                yield best, rank, machine, name, way
                continue
            for number, spans in board.machines(name, besides):
                if (place := search(way.beside(spans))) is not None:
                    yield place, rank, number, name, way

    def _ways(self, board: Board, besides: Sequence[Booking]) -> Iterator[tuple[str, Way]]:
        """Where the operation may be done, and by whom."""
        for name in self.centres:
            for way in board.ways(self.operation, name, besides):
                yield name, way

    def _at(self, found: _Found) -> Booking:
        place, _, machine_no, work_centre_id, way = found
        operation = self.operation
        made = Booking(operation.operation_no, work_centre_id, machine_no, *place, operation.setup_minutes)
        return made.by(way.crew_id, operation.people)


def _first_free(board: Board, work_centre_id: str, place: Span, besides: Sequence[Booking]) -> int | None:
    """The first machine that nothing is put on at a time.

    The best place that a calendar has at all is asked for first: no machine has a better one, and mostly one is free.
    """
    for number, spans in board.machines(work_centre_id, besides):
        before = bisect_left(spans, (place[1], FIRST)) - 1
        if before < 0 or spans[before][1] <= place[0]:
            return number
    return None


def _latest(
    calendar: Days, span: timedelta, spans: Sequence[Span], earliest: datetime, limit: datetime
) -> Span | None:
    """The last place on one machine, ending at `limit` at the latest."""
    for opens, closes in reversed(_gaps(spans)):
        if closes <= earliest:
            break
        begin, end = max(opens, earliest), min(closes, limit)
        if end - begin >= span and (place := span_before(calendar, span, end, begin)) is not None:
            return place
    return None


def _soonest(
    calendar: Days, span: timedelta, spans: Sequence[Span], limit: datetime, last: date
) -> Span | None:
    """The first place on one machine, beginning at `limit` at the earliest."""
    for opens, closes in _gaps(spans):
        begin = max(opens, limit)
        if closes - begin >= span:
            place = span_after(calendar, span, begin, last)
            if place is None:
                return None
            if place[1] <= closes:
                return place
    return None


def _gaps(spans: Sequence[Span]) -> list[Span]:
    opens = [FIRST, *(ends for _, ends in spans)]
    closes = [*(starts for starts, _ in spans), _LAST]
    return list(zip(opens, closes, strict=True))
