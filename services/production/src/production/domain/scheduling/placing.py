"""A run's operations in time, on free machines: backward from the due moment, else forward from the first possible one.

Each operation takes one machine of its work centre for setup + run minutes x runs, inside the hours of the centre's
calendar; it rests when the centre is closed, and nothing else is put on its machine meanwhile. Runs that have their
place keep it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.production import ScheduledOperation
from contracts.recipes import Operation
from contracts.values import Quantity
from production.domain.plant import Calendar
from production.domain.routing import whole_loads
from production.domain.scheduling.board import FIRST, Board, Booking, CannotBeScheduled, Span

HORIZON_DAYS_MAX: Final = 366
_DAY: Final = timedelta(days=1)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def schedule(
    operations: Sequence[Operation],
    runs: Quantity,
    board: Board,
    *,
    now: datetime,
    begin: datetime,
    due: datetime,
) -> tuple[Booking, ...]:
    """The operations one after another on free machines, ending as late as `due` allows.

    They begin at `begin`, when their material is there, or later; when that is too late, at `now` or later; when
    that is too late as well, they are put forward from `begin` and end late. Raises `CannotBeScheduled` when a work
    centre or its calendar is unknown, or the work does not fit into a year.
    """
    begin = max(now, begin)
    loads = [(each, board.calendar(each.work_centre_id), _span(load_of(each, runs))) for each in operations]
    return (
        _backward(loads, board, begin, due)
        or _backward(loads, board, now, due)
        or _forward(loads, board, begin)
    )


def load_of(operation: Operation, runs: Quantity) -> Quantity:
    """The minutes that `runs` runs, in whole loads, keep a machine."""
    return operation.setup_minutes + operation.run_minutes.times(whole_loads(operation, runs))


def told(
    bookings: Sequence[Booking], operations: Sequence[Operation], runs: Quantity
) -> tuple[ScheduledOperation, ...]:
    """Bookings as others hear of them, with their load in minutes."""
    return tuple(
        ScheduledOperation(
            each.operation_no, each.work_centre_id, each.starts_at, each.ends_at, load_of(operation, runs)
        )
        for each, operation in zip(bookings, operations, strict=True)
    )


def place_within(board: Board, work_centre_id: str, load: Quantity, starts_at: datetime) -> Span:
    """When work begins and ends that is to begin at a moment; raises `CannotBeScheduled` beyond a year."""
    last = starts_at.date() + _DAY * HORIZON_DAYS_MAX
    place = _after(board.calendar(work_centre_id), _span(load), starts_at, last)
    if place is None:
        raise CannotBeScheduled(
            f"the work does not fit into the {HORIZON_DAYS_MAX} days from {starts_at:%Y-%m-%d}"
        )
    return place


def place_from(board: Board, operation: Operation, runs: Quantity, earliest: datetime) -> Booking:
    """The next free place for an operation, where it ends first; raises `CannotBeScheduled` beyond a year."""
    span, last = _span(load_of(operation, runs)), earliest.date() + _DAY * HORIZON_DAYS_MAX
    places = [
        (place[1], place[0], rank, work_centre_id, number)
        for rank, work_centre_id in enumerate((operation.work_centre_id, *operation.alternates))
        for number, spans in board.machines(work_centre_id)
        if (place := _soonest(board.calendar(work_centre_id), span, spans, earliest, last)) is not None
    ]
    if not places:
        raise CannotBeScheduled(
            f"the work does not fit into the {HORIZON_DAYS_MAX} days from {earliest:%Y-%m-%d}"
        )
    ended, began, _, work_centre_id, number = min(places)
    return Booking(operation.operation_no, work_centre_id, number, began, ended, operation.setup_minutes)


_Load = tuple[Operation, Calendar, timedelta]


def _span(load: Quantity) -> timedelta:
    # Whole seconds, rounded up: a schedule is read by people.
    return timedelta(seconds=-(-load.micro * 60 // 1_000_000))


def _backward(
    loads: Sequence[_Load], board: Board, earliest: datetime, due: datetime
) -> tuple[Booking, ...] | None:
    found: list[Booking] = []
    ends = due
    for operation, calendar, span in reversed(loads):
        best = _latest(calendar, span, (), earliest, ends)
        if best is None:
            return None
        machine = _first_free(board, operation.work_centre_id, best)
        if machine is None:
            places = [
                (place[1], place[0], -number)
                for number, spans in board.machines(operation.work_centre_id)
                if (place := _latest(calendar, span, spans, earliest, ends)) is not None
            ]
            if not places:
                return None
            ended, began, number = max(places)
            best, machine = (began, ended), -number
        found.append(
            Booking(operation.operation_no, operation.work_centre_id, machine, *best, operation.setup_minutes)
        )
        ends = best[0]
    return tuple(reversed(found))


def _first_free(board: Board, work_centre_id: str, place: Span) -> int | None:
    """The first machine that nothing is put on at a time.

    The best place that a calendar has at all is asked for first: no machine has a better one, and mostly one is free.
    """
    for number, spans in board.machines(work_centre_id):
        before = bisect_left(spans, (place[1], FIRST)) - 1
        if before < 0 or spans[before][1] <= place[0]:
            return number
    return None


def _latest(
    calendar: Calendar, span: timedelta, spans: Sequence[Span], earliest: datetime, limit: datetime
) -> Span | None:
    """The last place on one machine, ending at `limit` at the latest."""
    for opens, closes in reversed(_gaps(spans)):
        if closes <= earliest:
            break
        begin, end = max(opens, earliest), min(closes, limit)
        if end - begin >= span and (place := _before(calendar, span, end, begin)) is not None:
            return place
    return None


def _forward(loads: Sequence[_Load], board: Board, earliest: datetime) -> tuple[Booking, ...]:
    found: list[Booking] = []
    starts, last = earliest, earliest.date() + _DAY * HORIZON_DAYS_MAX
    for operation, calendar, span in loads:
        best = _soonest(calendar, span, (), starts, last)
        machine = None if best is None else _first_free(board, operation.work_centre_id, best)
        if best is None or machine is None:
            places = [
                (place[1], place[0], number)
                for number, spans in board.machines(operation.work_centre_id)
                if (place := _soonest(calendar, span, spans, starts, last)) is not None
            ]
            if not places:
                raise CannotBeScheduled(
                    f"the work does not fit into the {HORIZON_DAYS_MAX} days from {earliest:%Y-%m-%d}"
                )
            ended, began, machine = min(places)
            best = began, ended
        found.append(
            Booking(operation.operation_no, operation.work_centre_id, machine, *best, operation.setup_minutes)
        )
        starts = best[1]
    return tuple(found)


def _soonest(
    calendar: Calendar, span: timedelta, spans: Sequence[Span], limit: datetime, last: date
) -> Span | None:
    """The first place on one machine, beginning at `limit` at the earliest."""
    for opens, closes in _gaps(spans):
        begin = max(opens, limit)
        if closes - begin >= span:
            place = _after(calendar, span, begin, last)
            if place is None:
                return None
            if place[1] <= closes:
                return place
    return None


def _gaps(spans: Sequence[Span]) -> list[Span]:
    opens = [FIRST, *(ends for _, ends in spans)]
    closes = [*(starts for starts, _ in spans), _LAST]
    return list(zip(opens, closes, strict=True))


def _before(calendar: Calendar, span: timedelta, limit: datetime, earliest: datetime) -> Span | None:
    """Where `span` of working time lies that ends at `limit` at the latest; None when it begins too early."""
    day, ends = limit.date(), None
    # A night begins on the day before.
    while day >= earliest.date() - _DAY:
        for began, ended in reversed(calendar.hours(day)):
            opens, closes = max(began, earliest), min(ended, limit)
            if began < limit and closes >= opens:
                ends = closes if ends is None else ends
                if closes - opens >= span:
                    return closes - span, ends
                span -= closes - opens
        day -= _DAY
    return None


def _after(calendar: Calendar, span: timedelta, limit: datetime, last: date) -> Span | None:
    """Where `span` of working time lies that begins at `limit` at the earliest; None beyond the horizon."""
    day, starts = limit.date() - _DAY, None
    while day <= last:
        for began, closes in calendar.hours(day):
            if closes > limit:
                opens = max(began, limit)
                starts = opens if starts is None else starts
                if closes - opens >= span:
                    return starts, opens + span
                span -= closes - opens
        day += _DAY
    return None
