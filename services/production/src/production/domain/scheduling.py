"""A run's operations in time: backward from the due moment, else forward from the first possible one.

Each operation takes one machine of its work centre for setup + run minutes x runs, inside the hours of the centre's
calendar. The load of other runs is not looked at: a work centre takes what it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from backbone.errors import Refusal
from contracts.production import Operation, ScheduledOperation
from contracts.values import Quantity
from production.domain.plant import Calendar, WorkCentre

HORIZON_DAYS_MAX: Final = 366
_DAY: Final = timedelta(days=1)


class CannotBeScheduled(Refusal):
    """There is no place in time for a run."""


def schedule(
    operations: Sequence[Operation],
    runs: Quantity,
    centres: dict[str, WorkCentre],
    calendars: dict[str, Calendar],
    *,
    earliest: datetime,
    due: datetime,
) -> tuple[ScheduledOperation, ...]:
    """The operations one after another, ending as late as `due` allows and never starting before `earliest`.

    When that is too little time, they are put forward from `earliest` and end late. Raises `CannotBeScheduled` when
    a work centre or its calendar is unknown, or the work does not fit into a year.
    """
    for operation in operations:
        centre = centres.get(operation.work_centre_id)
        if centre is None:
            raise CannotBeScheduled(f"no work centre {operation.work_centre_id}")
        if centre.calendar_id not in calendars:
            raise CannotBeScheduled(f"no calendar {centre.calendar_id}")
    loads = [operation.setup_minutes + operation.run_minutes.times(runs) for operation in operations]
    hours = [calendars[centres[operation.work_centre_id].calendar_id] for operation in operations]
    times = _backward(hours, loads, earliest, due) or _forward(hours, loads, earliest)
    return tuple(
        ScheduledOperation(operation.operation_no, operation.work_centre_id, starts, ends, load)
        for operation, (starts, ends), load in zip(operations, times, loads, strict=True)
    )


def _span(load: Quantity) -> timedelta:
    # Whole seconds, rounded up: a schedule is read by people.
    return timedelta(seconds=-(-load.micro * 60 // 1_000_000))


def _backward(
    hours: Sequence[Calendar], loads: Sequence[Quantity], earliest: datetime, due: datetime
) -> list[tuple[datetime, datetime]] | None:
    found: list[tuple[datetime, datetime]] = []
    ends = due
    for calendar, load in zip(reversed(hours), reversed(loads), strict=True):
        placed = _before(calendar, _span(load), ends, earliest)
        if placed is None:
            return None
        found.append(placed)
        ends = placed[0]
    return found[::-1]


def _before(
    calendar: Calendar, span: timedelta, limit: datetime, earliest: datetime
) -> tuple[datetime, datetime] | None:
    """Where `span` of working time lies that ends at `limit` at the latest; None when it begins too early."""
    day, ends = limit.date(), None
    while day >= earliest.date():
        open_hours = calendar.hours(day)
        if open_hours is not None and open_hours[0] < limit:
            opens, closes = max(open_hours[0], earliest), min(open_hours[1], limit)
            if closes >= opens:
                ends = closes if ends is None else ends
                if closes - opens >= span:
                    return closes - span, ends
                span -= closes - opens
        day -= _DAY
    return None


def _forward(
    hours: Sequence[Calendar], loads: Sequence[Quantity], earliest: datetime
) -> list[tuple[datetime, datetime]]:
    found = []
    starts = earliest
    for calendar, load in zip(hours, loads, strict=True):
        placed = _after(calendar, _span(load), starts, earliest.date() + _DAY * HORIZON_DAYS_MAX)
        if placed is None:
            raise CannotBeScheduled(
                f"the work does not fit into the {HORIZON_DAYS_MAX} days from {earliest:%Y-%m-%d}"
            )
        found.append(placed)
        starts = placed[1]
    return found


def _after(
    calendar: Calendar, span: timedelta, limit: datetime, last: date
) -> tuple[datetime, datetime] | None:
    """Where `span` of working time lies that begins at `limit` at the earliest; None beyond the horizon."""
    day, starts = limit.date(), None
    while day <= last:
        open_hours = calendar.hours(day)
        if open_hours is not None and open_hours[1] > limit:
            opens, closes = max(open_hours[0], limit), open_hours[1]
            starts = opens if starts is None else starts
            if closes - opens >= span:
                return starts, opens + span
            span -= closes - opens
        day += _DAY
    return None
