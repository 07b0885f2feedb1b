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


@dataclass(frozen=True, slots=True)
class LoadBucket:
    """Working minutes of all machines from `begins_at` to `ends_at`: open, of these down on purpose, and booked."""

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
    length = timedelta(days=DAYS_OF[grain])
    found = []
    for place in range(count):
        start, end = begin + place * length, begin + (place + 1) * length
        mine = [each for each in booked if each.starts_at < end and each.ends_at > start]
        down = still(calendar, stretches(downtimes, {"planned"}), start, end)
        found.append(
            LoadBucket(
                start,
                end,
                _quantity(open_minutes(calendar, start, end) * centre.machines),
                _quantity(down),
                _within(calendar, start, end, mine),
                len({each.run_id for each in mine}),
            )
        )
    return tuple(found)


def _within(calendar: Calendar, start: datetime, end: datetime, booked: Iterable[Booked]) -> Quantity:
    """The working minutes that machines are kept, for a load of several runs once."""
    spans: dict[object, tuple[datetime, datetime]] = {}
    for number, each in enumerate(booked):
        begins, ends = spans.get(each.load_id or number, (each.starts_at, each.ends_at))
        spans[each.load_id or number] = min(begins, each.starts_at), max(ends, each.ends_at)
    parts = (open_minutes(calendar, max(begins, start), min(ends, end)) for begins, ends in spans.values())
    return _quantity(sum(parts, start=Fraction(0)))


def _quantity(minutes: Fraction) -> Quantity:
    return Quantity.of_micro(round(minutes * MICRO))
