"""Where and when work is done: calendars and work centres."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backbone.errors import Invalid
from contracts.production import CalendarChanged, WorkCentreDefined
from contracts.values import ZERO, Quantity

DAYS_OFF_COUNT_MAX: Final = 2_000
RATE_MINOR_MAX: Final = 10**9
MACHINES_COUNT_MAX: Final = 10_000
DAY_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekdays 0 (Monday) to 6 with the same hours (UTC), less days off.

    What closes after hour 24 does so on the next day: a night from 22 to 30 ends at six in the morning.
    """

    calendar_id: str
    weekdays: tuple[int, ...]
    opens_at_hour: int
    closes_at_hour: int
    days_off: tuple[str, ...] = ()

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
        if len(days_off) > DAYS_OFF_COUNT_MAX or not all(_is_day(day) for day in days_off):
            wrong.append(("/days_off", f"at most {DAYS_OFF_COUNT_MAX} days like 2026-12-24"))
        if wrong:
            raise Invalid("nobody can work by this calendar", wrong)
        return cls(calendar_id, tuple(sorted(set(weekdays))), opens, closes, tuple(sorted(set(days_off))))

    def told(self) -> CalendarChanged:
        """The calendar as others hear of it."""
        return CalendarChanged(
            self.calendar_id, self.weekdays, self.opens_at_hour, self.closes_at_hour, self.days_off
        )

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """When a day's work begins and ends (aware UTC), None on a day without work."""
        if day.weekday() not in self.weekdays or day.isoformat() in self.days_off:
            return None
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        return midnight + timedelta(hours=self.opens_at_hour), midnight + timedelta(hours=self.closes_at_hour)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_currency(code: str) -> bool:
    """Whether that is the form of an ISO 4217 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


@dataclass(frozen=True, slots=True)
class WorkCentre:
    """People and machines of one kind; rates in minor units an hour, overhead as a part of both."""

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
        for name, rate in (("labour", self.labour_rate_minor), ("machine", self.machine_rate_minor)):
            if not 0 <= rate <= RATE_MINOR_MAX:
                wrong.append((f"/{name}_rate_minor", f"0 to {RATE_MINOR_MAX} minor units an hour"))
        if self.overhead_rate < ZERO or self.overhead_rate > Quantity(100):
            wrong.append(("/overhead_rate", "0 to 100 times labour and machine"))
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
