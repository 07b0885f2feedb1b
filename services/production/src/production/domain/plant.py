"""Where and when work is done: calendars and work centres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Protocol

from backbone.errors import Invalid, Pointer
from contracts.production import CalendarChanged, WorkCentreDefined
from contracts.shapes import Shift
from contracts.values import MICRO, ZERO, Quantity

DAYS_OFF_COUNT_MAX: Final = 2_000
RATE_MINOR_MAX: Final = 10**9
MACHINES_COUNT_MAX: Final = 10_000
DAY_HOURS: Final = 24
DAY_MINUTES: Final = 1_440
HOUR_MINUTES: Final = 60
SHIFTS_COUNT_MAX: Final = 50

Span = tuple[datetime, datetime]


class Days(Protocol):
    """When work is done, day by day."""

    def hours(self, day: date) -> tuple[Span, ...]:
        """When work that begins on a day begins and ends (aware UTC), in order."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekdays 0 (Monday) to 6 with the same hours (UTC), or shifts of weekdays with hours of their own, less days off.

    What closes after hour 24 does so on the next day: a night from 22 to 30 ends at six in the morning. A shift that
    begins on a day off is not worked.
    """

    calendar_id: str
    weekdays: tuple[int, ...]
    opens_at_hour: int
    closes_at_hour: int
    days_off: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @classmethod
    def defined(
        cls, calendar_id: str, weekdays: tuple[int, ...], opens: int, closes: int, days_off: tuple[str, ...]
    ) -> Calendar:
        """A calendar on which work is possible; raises `Invalid` for any other."""
        wrong = []
        if not weekdays or len(weekdays) > 7 or not set(weekdays) <= set(range(7)):
            wrong.append(("/weekdays", "at least one of 0 (Monday) to 6 (Sunday)"))
        if not (0 <= opens < DAY_HOURS and opens < closes <= opens + DAY_HOURS):
            wrong.append(
                ("/closes_at_hour", "after it opens, within 24 hours: 30 is six on the next morning")
            )
        _demand_possible([*wrong, *_wrong_days_off(days_off)])
        return cls(calendar_id, tuple(sorted(set(weekdays))), opens, closes, tuple(sorted(set(days_off))))

    @classmethod
    def said(
        cls,
        calendar_id: str,
        weekdays: tuple[int, ...],
        opens: int | None,
        closes: int | None,
        days_off: tuple[str, ...],
        shifts: tuple[Shift, ...],
    ) -> Calendar:
        """The calendar of hours or of shifts, whichever is said; raises `Invalid` for both, and for neither."""
        if shifts and not weekdays and opens is closes is None:
            return cls.of_shifts(calendar_id, shifts, days_off)
        if shifts or opens is None or closes is None:
            where = "/shifts" if shifts else "/opens_at_hour"
            raise Invalid("nobody can work by this calendar", [(where, "hours for all days, or shifts")])
        return cls.defined(calendar_id, weekdays, opens, closes, days_off)

    @classmethod
    def of_shifts(cls, calendar_id: str, shifts: tuple[Shift, ...], days_off: tuple[str, ...]) -> Calendar:
        """A calendar of shifts, apart from each other through the whole week; raises `Invalid` for any other."""
        _demand_possible([*_wrong_shifts(shifts), *_wrong_days_off(days_off)])
        opens = min(shift.opens_at_minute for shift in shifts) * DAY_HOURS // DAY_MINUTES
        closes = -(-max(shift.closes_at_minute for shift in shifts) * DAY_HOURS // DAY_MINUTES)
        weekdays = {day for shift in shifts for day in shift.weekdays}
        ordered = tuple(sorted(shifts, key=lambda shift: (shift.opens_at_minute, min(shift.weekdays))))
        return cls(
            calendar_id, tuple(sorted(weekdays)), opens, min(closes, opens + DAY_HOURS),
            tuple(sorted(set(days_off))), ordered,
        )  # fmt: skip

    def told(self) -> CalendarChanged:
        """The calendar as others hear of it."""
        return CalendarChanged(
            self.calendar_id,
            self.weekdays,
            self.opens_at_hour,
            self.closes_at_hour,
            self.days_off,
            self.shifts,
        )

    def hours(self, day: date) -> tuple[Span, ...]:
        """When work that begins on a day begins and ends (aware UTC), in order; nothing on a day without work."""
        if day.weekday() not in self.weekdays or day.isoformat() in self.days_off:
            return ()
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        if not self.shifts:
            opens, closes = timedelta(hours=self.opens_at_hour), timedelta(hours=self.closes_at_hour)
            return ((midnight + opens, midnight + closes),)
        return tuple(
            (
                midnight + timedelta(minutes=shift.opens_at_minute),
                midnight + timedelta(minutes=shift.closes_at_minute),
            )
            for shift in self.shifts
            if day.weekday() in shift.weekdays
        )

    @property
    def day_minutes(self) -> Quantity:
        """The minutes of a day on which work is done, on average over a week."""
        if not self.shifts:
            return Quantity((self.closes_at_hour - self.opens_at_hour) * HOUR_MINUTES)
        spans = (
            (shift.closes_at_minute - shift.opens_at_minute) * len(shift.weekdays) for shift in self.shifts
        )
        return Quantity.of_micro(sum(spans) * MICRO // len(self.weekdays))


def _demand_possible(wrong: Sequence[Pointer]) -> None:
    if wrong:
        raise Invalid("nobody can work by this calendar", list(wrong))


def _wrong_days_off(days_off: Sequence[str]) -> list[Pointer]:
    if len(days_off) <= DAYS_OFF_COUNT_MAX and all(_is_day(day) for day in days_off):
        return []
    return [("/days_off", f"at most {DAYS_OFF_COUNT_MAX} days like 2026-12-24")]


def _wrong_shifts(shifts: Sequence[Shift]) -> list[Pointer]:
    if not 1 <= len(shifts) <= SHIFTS_COUNT_MAX:
        return [("/shifts", f"1 to {SHIFTS_COUNT_MAX} shifts")]
    found: list[Pointer] = []
    for place, shift in enumerate(shifts):
        days, opens, closes = set(shift.weekdays), shift.opens_at_minute, shift.closes_at_minute
        if not days or len(days) < len(shift.weekdays) or not days <= set(range(7)):
            found.append((f"/shifts/{place}/weekdays", "each once, at least one of 0 (Monday) to 6 (Sunday)"))
        if not (0 <= opens < DAY_MINUTES and opens < closes <= opens + DAY_MINUTES):
            found.append((f"/shifts/{place}/closes_at_minute", "after it opens, within 1440 minutes"))
    if not found and _overlap(shifts):
        found.append(("/shifts", "one ends before the next begins, over midnight and the week's end, too"))
    return found


def _overlap(shifts: Sequence[Shift]) -> bool:
    """Whether work would be done twice at any time of a week that comes again and again."""
    spans = sorted(
        (day * DAY_MINUTES + shift.opens_at_minute, day * DAY_MINUTES + shift.closes_at_minute)
        for shift in shifts
        for day in shift.weekdays
    )
    first = spans[0][0] + 7 * DAY_MINUTES
    return any(end > begin for (_, end), (begin, _) in pairwise([*spans, (first, first)]))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_currency(code: str) -> bool:
    """Whether that is the form of an ISO 4217 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def wrong_rates(labour_minor: int, machine_minor: int, overhead: Quantity) -> list[Pointer]:
    """What no hour of work can cost."""
    wrong: list[Pointer] = []
    for name, rate in (("labour", labour_minor), ("machine", machine_minor)):
        if not 0 <= rate <= RATE_MINOR_MAX:
            wrong.append((f"/{name}_rate_minor", f"0 to {RATE_MINOR_MAX} minor units an hour"))
    if overhead < ZERO or overhead > Quantity(100):
        wrong.append(("/overhead_rate", "0 to 100 times labour and machine"))
    return wrong


@dataclass(frozen=True, slots=True)
class WorkCentre:
    """People and machines of one kind; rates of a moment in minor units an hour, overhead as a part of both."""

    work_centre_id: str
    site_id: str
    title: str
    calendar_id: str
    machines: int
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    currency: str

    def __post_init__(self) -> None:
        wrong = []
        if not 1 <= self.machines <= MACHINES_COUNT_MAX:
            wrong.append(("/machines", f"1 to {MACHINES_COUNT_MAX} machines"))
        wrong += wrong_rates(self.labour_rate_minor, self.machine_rate_minor, self.overhead_rate)
        if not is_currency(self.currency):
            wrong.append(("/currency", "three capital letters"))
        if wrong:
            raise Invalid("the work centre cannot be as it is described", wrong)

    def demand_as_before(self, known: WorkCentre) -> None:
        """Raise `Invalid` where it would be at another site, or its rates in another currency: recipes rely on both."""
        wrong = [
            (f"/{name}", f"recipes name it as it was: {getattr(known, name)}")
            for name in ("site_id", "currency")
            if getattr(self, name) != getattr(known, name)
        ]
        if wrong:
            raise Invalid("a work centre that recipes name keeps its site and its currency", wrong)

    def told(self) -> WorkCentreDefined:
        """The work centre as others hear of it."""
        return WorkCentreDefined(
            self.work_centre_id,
            self.site_id,
            self.title,
            self.calendar_id,
            self.machines,
            self.labour_rate_minor,
            self.machine_rate_minor,
            self.overhead_rate.decimal,
            self.currency,
        )
