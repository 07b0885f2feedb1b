"""What a work centre has to do beside what it can do, in buckets of whole days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Final, Literal

from contracts.values import MICRO, Quantity
from production.domain.downtime import Downtime, open_minutes, still, stretches
from production.domain.plant import Calendar, WorkCentre

BUCKETS_COUNT_MAX: Final = 92
BUCKETS_COUNT_USUAL: Final = 14
Grain = Literal["day", "week"]
DAYS_OF: Final[dict[Grain, int]] = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Booked:
    """A machine is kept for a run from one moment to another; runs of one `load_id` are done there together."""

    run_id: str
    starts_at: datetime
    ends_at: datetime
    load_id: str | None = None
    # So many people of a crew, where it is looked at for these.
    people: int = 1


@dataclass(frozen=True, slots=True)
class LoadBucket:
    """Working minutes of all machines, or people, from `begins_at` to `ends_at`: open, down on purpose, and booked."""

    begins_at: datetime
    ends_at: datetime
    open_minutes: Quantity
    down_minutes: Quantity
    load_minutes: Quantity
    runs: int


def begin_of(at: datetime, grain: Grain) -> datetime:
    """The midnight (UTC) with which the day of a moment begins, or the Monday of its week."""
    day = at.astimezone(UTC).date()
    if grain == "week":
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, time(), tzinfo=UTC)


def loads(
    centre: WorkCentre,
    calendar: Calendar,
    begin: datetime,
    grain: Grain,
    count: int,
    downtimes: Sequence[Downtime],
    booked: Sequence[Booked],
) -> tuple[LoadBucket, ...]:
    """`count` buckets from `begin` (a midnight) on; closed hours count for nothing, neither as load nor as capacity."""
    stops = stretches(downtimes, {"planned"})
    return tuple(
        _bucket(calendar, span, centre.machines, booked, still(calendar, stops, *span))
        for span in _spans(begin, grain, count)
    )


def crew_loads(
    people: int, calendar: Calendar, begin: datetime, grain: Grain, count: int, booked: Sequence[Booked]
) -> tuple[LoadBucket, ...]:
    """As `loads`, of so many people of a crew: each booking takes some of them as long as they are there."""
    return tuple(_bucket(calendar, span, people, booked, Fraction(0)) for span in _spans(begin, grain, count))


def _spans(begin: datetime, grain: Grain, count: int) -> list[tuple[datetime, datetime]]:
    length = timedelta(days=DAYS_OF[grain])
    return [(begin + place * length, begin + (place + 1) * length) for place in range(count)]


def _bucket(
    calendar: Calendar,
    span: tuple[datetime, datetime],
    count: int,
    booked: Sequence[Booked],
    down: Fraction,
) -> LoadBucket:
    start, end = span
    mine = [each for each in booked if each.starts_at < end and each.ends_at > start]
    return LoadBucket(
        start,
        end,
        _quantity(open_minutes(calendar, start, end) * count),
        _quantity(down),
        _within(calendar, start, end, mine),
        len({each.run_id for each in mine}),
    )


def _within(calendar: Calendar, start: datetime, end: datetime, booked: Iterable[Booked]) -> Quantity:
    """The working minutes that machines, or people, are kept, for a load of several runs once."""
    spans: dict[object, tuple[datetime, datetime, int]] = {}
    for number, each in enumerate(booked):
        begins, ends, _ = spans.get(each.load_id or number, (each.starts_at, each.ends_at, 0))
        spans[each.load_id or number] = min(begins, each.starts_at), max(ends, each.ends_at), each.people
    parts = (
        open_minutes(calendar, max(begins, start), min(ends, end)) * people
        for begins, ends, people in spans.values()
    )
    return _quantity(sum(parts, start=Fraction(0)))


def _quantity(minutes: Fraction) -> Quantity:
    return Quantity.of_micro(round(minutes * MICRO))
