"""Times in which machines stand still, and how well a work centre was used: availability, performance, quality.

OEE as in Nakajima, Introduction to TPM (1988): availability is operating time over loading time (open hours less
planned stops), performance the ideal time of what was done over operating time, quality the good part of it; OEE is
their product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from backbone.errors import Invalid, Pointer
from contracts.values import MICRO, Quantity
from production.domain.plant import Calendar, Days, WorkCentre

DOWNTIME_SPAN_MAX: Final = timedelta(days=366)
DowntimeKind = Literal["planned", "recorded"]


@dataclass(frozen=True, slots=True)
class Downtime:
    """A machine (numbered from 1) of a work centre stands still: on purpose, or as it happened.

    One that was withdrawn counts for nothing, and is kept with who did that.
    """

    downtime_id: str
    work_centre_id: str
    machine_no: int
    kind: DowntimeKind
    reason: str
    starts_at: datetime
    ends_at: datetime
    by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    def demand_possible(self, centre: WorkCentre, now: datetime) -> None:
        """Raise `Invalid`: no such machine, a time that ends before it begins, or a record of the future."""
        wrong: list[Pointer] = []
        if not 1 <= self.machine_no <= centre.machines:
            wrong.append(("/machine_no", f"1 to {centre.machines}"))
        if not self.starts_at < self.ends_at <= self.starts_at + DOWNTIME_SPAN_MAX:
            wrong.append(("/ends_at", f"after it starts, at most {DOWNTIME_SPAN_MAX.days} days"))
        if self.kind == "recorded" and self.ends_at > now:
            wrong.append(("/ends_at", "what has not happened is planned, not recorded"))
        if wrong:
            raise Invalid("no machine stands still like that", wrong)

    def withdrawn(self, by: str, now: datetime) -> Downtime:
        """It does not take place, or did not; withdrawn twice it stays as it is."""
        return self if self.withdrawn_at is not None else replace(self, withdrawn_at=now, withdrawn_by=by)

    def until(self, now: datetime) -> Downtime | None:
        """What has been of it, where it is planned and under way: that was so, whatever becomes of the rest."""
        under_way = self.kind == "planned" and self.starts_at < now < self.ends_at
        return replace(self, ends_at=now) if under_way and self.withdrawn_at is None else None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a run did at a work centre: ideal minutes of a machine for it, and the good part of what came."""

    run_id: str
    ideal_minutes: Fraction
    good: Fraction


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """How well a work centre was used, each part from 0 to 1 with the events behind it; absent where nothing was open.

    Performance above 1 means that the recipe's minutes are too long.
    """

    availability: Quantity | None
    performance: Quantity | None
    quality: Quantity | None
    oee: Quantity | None
    loading_minutes: Quantity
    down_minutes: Quantity
    ideal_minutes: Quantity
    downtimes: tuple[Downtime, ...]
    runs: tuple[str, ...]


def open_minutes(calendar: Days, begin: datetime, end: datetime) -> Fraction:
    """The working minutes of a calendar between two moments."""
    whole = timedelta()
    # A night begins on the day before.
    day = begin.date() - timedelta(days=1)
    while day <= end.date():
        for opens, closes in calendar.hours(day):
            whole += max(min(closes, end) - max(opens, begin), timedelta())
        day += timedelta(days=1)
    return Fraction(whole // timedelta(microseconds=1), 60 * MICRO)


def effectiveness(
    centre: WorkCentre,
    calendar: Calendar,
    begin: datetime,
    end: datetime,
    downtimes: Sequence[Downtime],
    worked: Sequence[Worked],
) -> Effectiveness:
    """How well a work centre was used between two moments."""

    planned, either = stretches(downtimes, {"planned"}), stretches(downtimes, {"planned", "recorded"})
    stops = still(calendar, planned, begin, end)
    loading = open_minutes(calendar, begin, end) * centre.machines - stops
    # A stop inside a planned one is no loss beyond it.
    down = still(calendar, either, begin, end) - stops
    ideal = _total(each.ideal_minutes for each in worked)
    good = _total(each.ideal_minutes * each.good for each in worked)
    operating = loading - down
    parts = (
        operating / loading if loading > 0 else None,
        ideal / operating if operating > 0 else None,
        good / ideal if ideal else None,
    )
    known = [part for part in parts if part is not None]
    product = known[0] * known[1] * known[2] if len(known) == len(parts) else None
    availability, performance, fine, whole = (
        None if part is None else _quantity(part) for part in (*parts, product)
    )
    return Effectiveness(
        availability, performance, fine, whole, _quantity(loading), _quantity(down), _quantity(ideal),
        tuple(downtimes), tuple(each.run_id for each in worked),
    )  # fmt: skip


def stretches(
    downtimes: Sequence[Downtime], kinds: Set[DowntimeKind]
) -> list[tuple[int, datetime, datetime]]:
    """When each machine stands still for these kinds of reasons; where several do so at once, once."""
    found: list[tuple[int, datetime, datetime]] = []
    wanted = [each for each in downtimes if each.kind in kinds]
    for each in sorted(wanted, key=lambda one: (one.machine_no, one.starts_at)):
        machine_no, begin, end = each.machine_no, each.starts_at, each.ends_at
        if found and found[-1][0] == machine_no and begin <= found[-1][2]:
            _, begin, until = found.pop()
            end = max(end, until)
        found.append((machine_no, begin, end))
    return found


def still(
    calendar: Calendar, stops: Sequence[tuple[int, datetime, datetime]], begin: datetime, end: datetime
) -> Fraction:
    """The working minutes between two moments in which machines (number, from, to) stand still, all together."""
    return _total(open_minutes(calendar, max(since, begin), min(until, end)) for _, since, until in stops)


def _total(parts: Iterable[Fraction]) -> Fraction:
    return sum(parts, start=Fraction(0))


def _quantity(value: Fraction) -> Quantity:
    return Quantity.of_micro(round(value * MICRO))
